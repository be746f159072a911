"""A conversation's summaries in the admin: read, never written, hostile text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import ConversationSummary
from tests.integration.admin.conftest import HOSTILE, Make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LIST = "admin:chat_conversationsummary_changelist"


def summary_of(make: Make, text: str = HOSTILE) -> ConversationSummary:
    conversation = make()
    last = conversation.messages.latest("id")
    return ConversationSummary.objects.create(
        conversation=conversation, up_to=last, messages=2, text=text, call=last.calls.get(), model="gpt-4-turbo"
    )


def test_one_is_shown_whole_and_can_not_be_changed(boss: Client, make: Make) -> None:
    row = summary_of(make)
    address = reverse("admin:chat_conversationsummary_change", args=[row.pk])
    page = boss.get(address).content.decode()
    assert "alert(1)" in page
    assert HOSTILE not in page
    assert str(row.call_id) in page
    assert boss.post(address, {"text": "autre"}).status_code == 403
    assert boss.get(reverse("admin:chat_conversationsummary_add")).status_code == 403


def test_the_list_costs_the_same_whatever_it_holds(boss: Client, make: Make) -> None:
    row = summary_of(make, "Le titre est bleu")
    boss.get(reverse(LIST))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert boss.get(reverse(LIST)).status_code == 200
        assert not [query["sql"] for query in found if '"text"' in query["sql"]]
        return len(found)

    few = queries()
    for _ in range(5):
        summary_of(make)
    assert queries() == few
    found = boss.get(reverse(LIST), {"q": "bleu"}).context["cl"].result_list
    assert [one.pk for one in found] == [row.pk]


@pytest.mark.parametrize("what", ["conversation", "up_to"])
def test_it_goes_with_its_conversation_and_with_its_last_message(boss: Client, make: Make, what: str) -> None:
    row = summary_of(make)
    gone = getattr(row, what)
    address = reverse(f"admin:chat_{gone._meta.model_name}_delete", args=[gone.pk])
    assert boss.post(address, {"post": "yes"}).status_code == 302
    assert not type(gone).objects.filter(pk=gone.pk).exists()
    assert not ConversationSummary.objects.exists()
