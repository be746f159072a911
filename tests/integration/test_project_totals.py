"""A project's totals are its commits' alone: whoever else saves the row leaves them as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.forms import model_to_dict

from projects import files
from projects.contested import mark
from projects.files import Write
from projects.forms import SettingsForm
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_row_that_was_read_before_a_commit_takes_nothing_back(project: Project, alice: User) -> None:
    stale = Project.objects.get(pk=project.pk)
    files.commit(project, alice, [Write("a.txt", b"1")])
    stale.name = "Autre nom"
    stale.save()
    project.refresh_from_db()
    assert project.name == "Autre nom"
    assert project.head == project.revisions.count()
    assert files.commit(project, alice, [Write("a.txt", b"2")]) is not None


def test_a_new_project_is_saved_whole(alice: User) -> None:
    made = Project(name="Neuf", owner=alice, head=0)
    made.save()
    assert Project.objects.get(pk=made.pk).name == "Neuf"
    made.save(update_fields=["name"])


def test_settings_leave_what_they_are_not_about(
    client: Client, project: Project, alice: User, mallory: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handed over and archived between the reading and the saving of the settings page."""
    from projects import views_settings

    real = views_settings.settings_form

    def meanwhile(*given: object) -> object:
        form = real(*given)  # type: ignore[arg-type]
        Project.objects.filter(pk=project.pk).update(owner=mallory)
        files.commit(Project.objects.get(pk=project.pk), alice, [Write("b.txt", b"1")])
        return form

    monkeypatch.setattr(views_settings, "settings_form", meanwhile)
    client.force_login(alice)
    seen = {name: mark(value) for name, value in model_to_dict(project).items() if name in SettingsForm.Meta.fields}
    sent = {"name": "Nouveau", "technologies": "HTML", "seen": json.dumps(seen)}
    answer = client.post(f"/projects/{project.pk}/settings/save", sent)
    assert answer.status_code == 302, answer.content[:300]
    project.refresh_from_db()
    assert (project.name, project.owner) == ("Nouveau", mallory)
    assert project.head == project.revisions.count()
