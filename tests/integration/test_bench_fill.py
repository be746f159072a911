"""The rows that `bin/bench` is measured on still fit the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from chat.models import AIConversation, AIMessage, ModelCall
from tests.bench.fill import EACH, make_hosts, statements

if TYPE_CHECKING:
    from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the rows of benchmarks are made by SQLite's SQL")
def test_conversations_messages_and_calls_are_made(project: Project) -> None:
    make_hosts(20)
    with connection.cursor() as cursor:
        for sql in statements(20, 30, project.pk):
            cursor.execute(sql)
    assert AIConversation.objects.count() == 20
    assert AIConversation.objects.filter(project=project).count() == 10
    assert ModelCall.objects.count() == 30
    for conversation in AIConversation.objects.all():
        assert conversation.messages.count() == conversation.message_count == EACH
    assert not AIMessage.objects.filter(calls__isnull=False, role="user").exists()
