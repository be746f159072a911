"""What an `@` can be completed to, over HTTP; and that what is completed goes into the request."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from chat.context import suggest
from chat.context.fuzzy import Names
from chat.context.sources import sources
from chat.context.suggest import catalogs, suggestions
from chat.models import AIConversation, AIMessage
from projects import files
from projects.files import Delete, Write
from projects.workspace import ProjectWorkspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from projects.models import Project

pytestmark = pytest.mark.django_db
SOURCES = {
    "src/dates.js": b"export function formatDate(day) {\n  return day;\n}\n",
    "src/my file.jsx": b"export default function Menu() {\n  return 1;\n}\n",
    "src/components/Card.jsx": b"export default function Card() {\n  return 2;\n}\n",
    "secrets/.env": b"A=1",
    ".webox-ignore": b"drafts/\n",
    "drafts/dates.js": b"x",
}


@pytest.fixture
def site(client: Client, project: Project, alice: User) -> Project:
    client.force_login(alice)
    files.commit(project, alice, [Write(path, data) for path, data in SOURCES.items()])
    catalogs.changed(project.pk)
    return project


@pytest.fixture
def conversation(site: Project, alice: User) -> AIConversation:
    found = AIConversation.objects.create(project=site, user=alice, title="t")
    for content in ("Ajoute un été à la page", "Voilà, c’est fait", "Dates en français"):
        AIMessage.objects.create(conversation=found, role="user", content=content, client_id=uuid.uuid4())
    return found


def asked(client: Client, project: Project, q: str, **more: Any) -> list[dict[str, str]]:
    answer = client.get("/api/chat/context/suggestions", {"project_id": project.pk, "q": q, **more})
    assert answer.status_code == 200, answer.content
    assert answer.json()["complete"] is True
    found: list[dict[str, str]] = answer.json()["suggestions"]
    return found


def mentions_of(client: Client, project: Project, q: str, **more: Any) -> list[str]:
    return [one["mention"] for one in asked(client, project, q, **more)]


def test_files_folders_and_definitions_by_a_few_letters(client: Client, site: Project) -> None:
    assert mentions_of(client, site, "dat")[0] == "@src/dates.js"
    assert mentions_of(client, site, "myf")[0] == '@"src/my file.jsx"'
    assert "@src/components/" in mentions_of(client, site, "compo")
    assert asked(client, site, "formatD")[0] == {
        "kind": "symbol",
        "mention": "@src/dates.js#formatDate",
        "name": "formatDate",
        "detail": "src/dates.js:1",
    }
    assert mentions_of(client, site, "card#") == ["@src/components/Card.jsx#Card"]
    assert mentions_of(client, site, "zzzz") == []


def test_a_file_is_found_without_its_accents(client: Client, site: Project, alice: User) -> None:
    files.commit(site, alice, [Write("été 2026.css", b"a{}")])
    assert mentions_of(client, site, "ete")[0] == '@"été 2026.css"'


def test_definitions_are_those_of_the_file_before_the_sign(client: Client, site: Project, alice: User) -> None:
    more = {"src/yield/tools.js": b"export function formatAll() {\n  return 1;\n}\n"}
    many = {f"a/{number}.js": b"export function m%d() {}\n" % number for number in range(400)}
    files.commit(site, alice, [Write(path, data) for path, data in {**more, **many}.items()])
    assert mentions_of(client, site, "src/dates.js#") == ["@src/dates.js#formatDate"]
    assert mentions_of(client, site, "SRC/dates.js#fo") == ["@src/dates.js#formatDate"]
    assert mentions_of(client, site, "dates#fo") == ["@src/dates.js#formatDate"]
    assert mentions_of(client, site, "sda#fo") == ["@src/dates.js#formatDate"]
    assert sorted(mentions_of(client, site, "src/#fo")) == ["@src/dates.js#formatDate", "@src/yield/tools.js#formatAll"]
    assert mentions_of(client, site, "zzz#") == []


def test_what_keeps_secrets_comes_last_and_is_marked(client: Client, site: Project, alice: User) -> None:
    files.commit(site, alice, [Write(path, b"A=1") for path in (".env", "environ.js", "src/my env.js")])
    for query in ("", "env", ".env"):
        found = [one for one in asked(client, site, query, limit=50) if one["kind"] == "file"]
        details = [one["detail"] for one in found]
        assert [one["name"] for one in found if one["detail"] == "secret"] == [".env", "secrets/.env"]
        assert details == sorted(details)
    assert ".env" not in mentions_of(client, site, "", limit=5)


def test_what_is_ignored_is_not_offered(client: Client, site: Project) -> None:
    assert not [one for one in mentions_of(client, site, "drafts", limit=50) if "drafts" in one]


def test_nothing_typed_offers_what_was_changed_last(client: Client, site: Project) -> None:
    found = asked(client, site, "")
    assert {one["name"] for one in found if one["kind"] == "file"} >= {"src/dates.js", "src/components/Card.jsx"}
    assert "folder" in {one["kind"] for one in found}


def test_earlier_messages_by_their_first_words(client: Client, site: Project, conversation: AIConversation) -> None:
    more = {"conversation_id": conversation.pk}
    numbers = list(conversation.messages.order_by("id").values_list("pk", flat=True))
    assert f"@message:{numbers[0]}" in mentions_of(client, site, "ETE", **more)
    assert f"@message:{numbers[2]}" in mentions_of(client, site, "dates en fr", **more)
    assert not [one for one in mentions_of(client, site, "tes", **more) if one.startswith("@message")]
    assert not [one for one in mentions_of(client, site, "ete") if one.startswith("@message")]


def test_what_is_completed_goes_in(client: Client, site: Project, conversation: AIConversation) -> None:
    (message,) = mentions_of(client, site, "ajoute", conversation_id=conversation.pk)
    content = f'{message} dans @"src/my file.jsx" et @src/components/ avec @src/dates.js#formatDate'
    body = {"project_id": site.pk, "conversation_id": conversation.pk, "content": content}
    found = client.post("/api/chat/context/preview", body, content_type="application/json").json()
    whys = {part["path"]: part["why"] for part in found["parts"] if part["kind"] in {"file", "message"}}
    named = {message, "src/my file.jsx", "src/components/Card.jsx", "src/dates.js"}
    assert {path for path, why in whys.items() if why == "mentioned"} == named
    assert found["tokens"] == sum(part["tokens"] for part in found["parts"])


def test_a_message_of_another_conversation_is_not_told(
    client: Client, site: Project, conversation: AIConversation, alice: User
) -> None:
    other = AIConversation.objects.create(project=site, user=alice, title="o")
    first = conversation.messages.earliest("id").pk
    body = {"project_id": site.pk, "conversation_id": other.pk, "content": f"@message:{first}"}
    found = client.post("/api/chat/context/preview", body, content_type="application/json").json()
    assert "message" not in {part["kind"] for part in found["parts"]}


def test_what_changes_while_the_names_are_read_is_offered_next(
    client: Client, site: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = sources

    def slowly(*given: Any) -> Any:
        found = read(*given)
        monkeypatch.setattr(suggest, "sources", read)
        files.commit(site, alice, [Write("src/later.js", b"x = 1\n")])
        catalogs.changed(site.pk)
        return found

    monkeypatch.setattr(suggest, "sources", slowly)
    assert "@src/later.js" not in mentions_of(client, site, "later")
    assert "@src/later.js" in mentions_of(client, site, "later")


def test_a_search_is_not_led_astray_by_names_that_are_read_meanwhile(
    site: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, best = ProjectWorkspace(site), Names.best
    meanwhile = [Delete(path) for path in ("src/dates.js", "src/my file.jsx")]

    def slowly(names: Names, query: str, most: int) -> Any:
        found = best(names, query, most)
        if meanwhile and "formatDate" in names.names:
            files.commit(site, alice, [meanwhile.pop(), meanwhile.pop()])
            catalogs.changed(site.pk)
            catalogs.of(workspace)
        return found

    catalogs.of(workspace)
    monkeypatch.setattr(Names, "best", slowly)
    found, _ = suggestions(workspace, None, "formatD", 12)
    assert [one.detail for one in found if one.kind == "symbol"] == ["src/dates.js:1"]
    assert meanwhile == []
    assert not [one for one in suggestions(workspace, None, "formatD", 12)[0] if one.kind == "symbol"]


def test_the_queries_do_not_grow(
    client: Client, site: Project, conversation: AIConversation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked(client, site, "a", conversation_id=conversation.pk)
    with django_assert_max_num_queries(5):
        asked(client, site, "dat", conversation_id=conversation.pk)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"project_id": "x"}, 400),
        ({"q": "x" * 201}, 400),
        ({"limit": "-1"}, 400),
        ({"conversation_id": 10**9}, 404),
        ({"project_id": 10**9}, 404),
    ],
)
def test_what_is_refused(client: Client, site: Project, query: dict[str, Any], status: int) -> None:
    given = {"project_id": site.pk, **query} if query else {}
    answer = client.get("/api/chat/context/suggestions", given)
    assert (answer.status_code, answer.json()["success"]) == (status, False)


def test_strange_queries_are_answered(client: Client, site: Project) -> None:
    for query in ("\x00", "[", "\\", "#", "##", "é" * 100, "%", "a b", "İ", "/"):
        asked(client, site, query)


def test_of_others_nothing_is_told(client: Client, site: Project, conversation: AIConversation, mallory: User) -> None:
    client.force_login(mallory)
    for more in ("", f"&conversation_id={conversation.pk}"):
        answer = client.get(f"/api/chat/context/suggestions?project_id={site.pk}&q=a{more}")
        assert answer.status_code == 404
