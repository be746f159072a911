"""Proposals over real sockets: as they grow, however a server sends them, and when answer or server breaks off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Stream
from tests.streaming.databases import PostgresDatabases
from tests.streaming.model_server import CUT, Answer, Gate, Step, chunk, fail, say

pytestmark = pytest.mark.live

CONTENT = "export function Button() {\n  return <button>Où ? 🤖</button>;\n}\n"
ARGUMENTS = json.dumps({"path": "src/Button.jsx", "content": CONTENT})
BLOCK = f"```jsx src/Button.jsx\n{CONTENT}```\n"


def piece(arguments: Any = "", name: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk with a piece of a tool call."""
    function = {"arguments": arguments} | ({} if name is None else {"name": name})
    return chunk({"tool_calls": [{"type": "function", "function": function, **more}]})


def calls(*steps: Step, finish: str = "tool_calls") -> Answer:
    """An answer of tool calls."""
    return say(*steps, finish=finish)


def in_pieces(text: str, size: int = 7) -> list[Step]:
    """A call's arguments, a few characters at a time."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return [piece("", "create_file", index=0, id="c0"), *(piece(part, index=0) for part in pieces)]


def proposal(message: dict[str, Any]) -> tuple[str, str, str]:
    """The only proposal of an answer."""
    (action,) = message["actions"]
    return action["action_type"], action["path"], action["status"]


def applied(studio: Studio, message: dict[str, Any]) -> Any:
    """Applies all of an answer's proposals."""
    chosen = [{"id": action["id"], "hash": action["hash"]} for action in message["actions"]]
    return studio.client.post(f"/api/chat/messages/{message['id']}/apply", {"actions": chosen})


def shown(studio: Studio, action: dict[str, Any]) -> dict[str, Any]:
    """A proposal with its contents."""
    return dict(studio.client.get(f"/api/chat/actions/{action['id']}").json())


def test_a_proposal_grows_and_is_told_when_it_is_whole(studio: Studio) -> None:
    gate = Gate()
    steps = in_pieces(ARGUMENTS)
    studio.model.queue(calls("Je crée. ", *steps[:8], gate, *steps[8:]), say("Voilà."))
    stream = studio.client.send("Crée un bouton")
    started = stream.until(lambda event: event.type == "action.started")
    assert (started.data["path"], started.data["action_type"]) == ("src/Button.jsx", "create_file")
    stream.until(lambda event: event.type == "action.delta")
    gate.wait_reached()
    writing = eventually(lambda: studio.client.message(stream.conversation_id, stream.message_id)["actions"])
    assert (writing[0]["status"], writing[0]["path"]) == ("writing", "src/Button.jsx")
    assert CONTENT.startswith(writing[0]["text"])
    gate.open()
    assert stream.end().type == "turn.completed"
    assert "".join(event.data["text"] for event in stream.events if event.type == "action.delta") == CONTENT
    message = studio.client.message(stream.conversation_id, stream.message_id)
    told = [event.data["action"] for event in stream.events if event.type == "action.proposed"]
    assert told == message["actions"]
    assert shown(studio, told[0])["after"] == CONTENT
    assert studio.client.follow(stream.message_id).rest()[-1].type == "turn.completed"


SHAPES: dict[str, Answer] = {
    "whole in one chunk": calls(piece(ARGUMENTS, "create_file", index=0, id="c0")),
    "no index": calls(piece("", "create_file", id="c0"), piece(ARGUMENTS[:40]), piece(ARGUMENTS[40:])),
    "index null": calls(piece(ARGUMENTS, "create_file", index=None, id="c0")),
    "no id": calls(piece(ARGUMENTS[:9], "create_file", index=0), piece(ARGUMENTS[9:], index=0)),
    "arguments as an object": calls(piece(json.loads(ARGUMENTS), "create_file", index=0, id="c0")),
    "encoded twice": calls(piece(json.dumps(ARGUMENTS), "create_file", index=0, id="c0")),
    "finish says stop": calls(piece(ARGUMENTS, "create_file", index=0, id="c0"), finish="stop"),
    "a prefix": calls(piece(ARGUMENTS, "functions.create_file", index=0, id="c0")),
    "one character at a time": calls(*in_pieces(ARGUMENTS, 1)),
    "the id again and again": calls(
        *(piece(part, "create_file", index=0, id="c0") for part in (ARGUMENTS[:5], ARGUMENTS[5:]))
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_however_a_server_sends_it(studio: Studio, name: str) -> None:
    studio.model.queue(SHAPES[name], say("Voilà."))
    message = studio.client.ask("Crée un bouton").json()["message"]
    assert proposal(message) == ("create_file", "src/Button.jsx", "pending")
    assert shown(studio, message["actions"][0])["after"] == CONTENT


TWICE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one index": ({"index": 0, "id": "c0"}, {"index": 0, "id": "c1"}),
    "one id": ({"index": 0, "id": "c0"}, {"index": 1, "id": "c0"}),
    "one index, one id": ({"index": 0, "id": "c0"}, {"index": 0}),
    "nothing": ({}, {}),
}


@pytest.mark.parametrize("name", TWICE)
def test_two_calls_are_two_files_and_told_apart(studio: Studio, name: str) -> None:
    first, second = TWICE[name]
    other = piece(json.dumps({"path": "b.txt", "content": "b"}), "create_file", **second)
    studio.model.queue(calls(piece(ARGUMENTS, "create_file", **first), other), say("Voilà."))
    message = studio.client.ask("Crée").json()["message"]
    assert [(action["path"], action["status"]) for action in message["actions"]] == [
        ("src/Button.jsx", "pending"), ("b.txt", "pending"),
    ]  # fmt: skip
    said, *results = studio.model.calls[1].messages[-3:]
    ids = [made["id"] for made in said["tool_calls"]]
    assert len({*ids, ""}) == 3
    assert [(result["role"], result["tool_call_id"]) for result in results] == [("tool", made) for made in ids]


THINKING: dict[str, Step] = {
    "a field": chunk({"reasoning_content": BLOCK}),
    "tags": f"<think>{BLOCK}</think>",
    "a typed part": chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": BLOCK}]}]}),
}


@pytest.mark.parametrize("way", ["tools", "text"])
@pytest.mark.parametrize("name", THINKING)
def test_thinking_proposes_nothing_and_is_not_sent_again(studio: Studio, name: str, way: str) -> None:
    model = f"thinker-{way}-{len(name)}"
    if way == "text":
        studio.model.queue(fail(400, message="does not support tools"), say("Oui."))
        studio.client.ask("Salut", model=model)
        studio.model.calls.clear()
    studio.model.queue(say(THINKING[name], "Rien à changer."), say("Non."))
    reply = studio.client.ask("Crée un bouton", model=model).json()
    assert (reply["message"]["content"], reply["message"]["actions"]) == ("Rien à changer.", [])
    assert reply["message"]["reasoning"] == BLOCK
    studio.client.ask("Et maintenant ?", model=model, conversation_id=reply["conversation_id"])
    sent = studio.model.calls[1].messages
    assert "Rien à changer." in [message["content"] for message in sent]
    assert "Où ?" not in json.dumps(sent, ensure_ascii=False)


def test_a_model_without_tools_is_asked_again_by_text_and_remembered(studio: Studio) -> None:
    studio.model.queue(fail(400, message="registry.ollama.ai/x does not support tools"), say(BLOCK), say(BLOCK))
    model = "tiny-without-tools"
    for _ in range(2):
        message = studio.client.ask("Crée un bouton", model=model).json()["message"]
        assert proposal(message) == ("create_file", "src/Button.jsx", "pending")
    assert ["tools" in call.body for call in studio.model.calls] == [True, False, False]


def test_a_server_that_garbles_its_own_calls(studio: Studio) -> None:
    studio.model.queue(fail(400, "tool_use_failed", "Failed to call a function"), say(BLOCK))
    message = studio.client.ask("Crée un bouton").json()["message"]
    assert proposal(message) == ("create_file", "src/Button.jsx", "pending")


def test_stopped_in_the_middle(studio: Studio) -> None:
    steps = in_pieces(ARGUMENTS)
    studio.model.queue(calls(*steps[:12], Gate()))
    stream = studio.client.send("Crée un bouton")
    stream.until(lambda event: event.type == "action.delta")
    message = studio.client.act(stream.message_id, "stop").json()["message"]
    assert message["status"] == "stopped"
    assert_kept_to_read(studio, message)
    assert stream.end().type == "turn.stopped"


def test_the_connection_is_cut(studio: Studio) -> None:
    studio.model.queue(calls(*in_pieces(ARGUMENTS)[:12], CUT))
    message = studio.client.ask("Crée un bouton").json()["message"]
    assert (message["status"], message["metadata"]["error"]["code"]) == ("interrupted", "connection_cut")
    assert_kept_to_read(studio, message)


def assert_kept_to_read(studio: Studio, message: dict[str, Any]) -> None:
    """What was written can be read, and can't be applied as if it were whole."""
    assert proposal(message) == ("create_file", "src/Button.jsx", "failed")
    (action,) = message["actions"]
    assert (action["incomplete"], action["error"]["code"]) == (True, "incomplete")
    text = shown(studio, action)["after"]
    assert text
    assert CONTENT.startswith(text)
    reply = applied(studio, message)
    assert (reply.status, reply.code) == (409, "blocked")


def killed(studio: Studio, stream: Stream, position: int, meanwhile: str = "") -> dict[str, Any]:
    """The answer of a turn whose server is killed while the proposal at this position is being written; `meanwhile` is
    Python that is run while no server runs."""
    running = lambda: studio.client.message(stream.conversation_id, stream.message_id)  # noqa: E731
    eventually(lambda: any(a.get("text") and a["position"] == position for a in running()["actions"]), 30)
    studio.kill()
    studio.model.hang_up()
    if meanwhile:
        studio.manage("shell", "-c", meanwhile)
    studio.start()
    message = eventually(lambda: found if (found := running())["status"] == "interrupted" else None, 30)
    events = studio.client.follow(stream.message_id).rest()
    assert [event.data["action"] for event in events if event.type == "action.proposed"] == message["actions"]
    assert not any(event.type.startswith("call.") for event in events)
    return message


def assert_first_can_be_applied(studio: Studio, message: dict[str, Any]) -> None:
    """What is whole is applied once what was cut is dropped."""
    first, second = message["actions"]
    assert (first["path"], first["status"], first["incomplete"]) == ("a.txt", "pending", False)
    assert (second["path"], second["status"], second["incomplete"]) == ("src/Button.jsx", "failed", True)
    assert CONTENT.startswith(shown(studio, second)["after"])
    assert studio.client.post(f"/api/chat/actions/{second['id']}/reject", {}).status == 200
    chosen = {"actions": [{"id": first["id"], "hash": first["hash"]}]}
    assert studio.client.post(f"/api/chat/messages/{message['id']}/apply", chosen).status == 200
    assert studio.client.get("/api/projects/1/files/a.txt").json()["text"] == "tout\n"


def test_the_server_dies_while_a_file_is_written(start_studio: StartStudio) -> None:
    """What was whole by then is a proposal as any, as in a turn that is stopped."""
    studio = start_studio()
    first = json.dumps({"path": "a.txt", "content": "tout\n"})
    steps: list[Step] = [piece(first, "create_file", index=1, id="c9"), *in_pieces(ARGUMENTS)[:12]]
    studio.model.queue(calls("Voici. ", *steps, Gate()))
    message = killed(studio, studio.client.send("Crée un bouton"), 1)
    assert message["content"] == "Voici. "
    assert_first_can_be_applied(studio, message)


LINES = "".join(f"ligne {number}\n" for number in range(1, 10))


def saved(**files: str) -> str:
    """Python that saves these text files of the demo project, as another process of the site does."""
    return f"""
from projects.models import Project
from projects.workspace import ProjectWorkspace
from chat.workspace import WriteFile
there = ProjectWorkspace(Project.objects.get(pk=1))
found = {{file.path: file.digest for file in there.list_files()}}
changes = [WriteFile(name + ".txt", text.encode()) for name, text in {files!r}.items()]
base = {{change.path: found.get(change.path) for change in changes}}
there.commit(changes, user=None, base=base, origin="user", message="later")
"""


def replaced(line: int, text: str) -> str:
    """`LINES` with another line."""
    return LINES.replace(f"ligne {line}\n", f"{text}\n")


def as_call(at: int, tool: str, **arguments: Any) -> Step:
    """A whole tool call."""
    return piece(json.dumps(arguments), tool, index=at, id=f"c{at}")


@pytest.mark.parametrize("native", [True, False])
def test_what_is_saved_after_the_death_is_merged_or_a_conflict(start_studio: StartStudio, native: bool) -> None:
    """The proposals of a dead server's turn are bound to what the model was shown, not to what the next one finds."""
    studio = start_studio(chat={} if native else {"ACTION_FORMAT": "text"})
    studio.manage("shell", "-c", saved(merges=LINES, whole=LINES))
    whole = replaced(2, "modèle")
    if native:
        edits = [{"search": "ligne 2", "replace": "modèle"}]
        first = as_call(0, "modify_file", path="merges.txt", edits=edits)
        second = as_call(1, "create_file", path="whole.txt", content=whole)
        third = as_call(2, "create_file", path="new.txt", content="du modèle\n")
        steps: list[Step] = [first, second, third, piece(ARGUMENTS[:60], "create_file", index=3, id="c3")]
    else:
        edit = "```text merges.txt\n<<<<<<< SEARCH\nligne 2\n=======\nmodèle\n>>>>>>> REPLACE\n```\n"
        files = f"```text whole.txt\n{whole}```\n```text new.txt\ndu modèle\n```\n"
        steps = [edit, files, "".join(BLOCK.splitlines(keepends=True)[:2])]
    studio.model.queue(calls(*steps, Gate()))
    later = saved(merges=replaced(8, "personne"), whole=replaced(2, "personne"), new="de la personne\n")
    message = killed(studio, studio.client.send("Change"), 3, later)
    merges, over, new, cut = message["actions"]
    assert [each["status"] for each in (merges, over, new, cut)] == ["pending"] * 3 + ["failed"]
    assert studio.client.post(f"/api/chat/actions/{cut['id']}/reject", {}).status == 200
    for action in (over, new):
        reply = studio.client.post(f"/api/chat/actions/{action['id']}/apply", {"hash": action["hash"]})
        assert (reply.status, reply.code) == (409, "conflict")
        assert "personne" in str(reply.json()["error"]["conflicts"][0]["theirs"])
    reply = studio.client.post(f"/api/chat/actions/{merges['id']}/apply", {"hash": merges["hash"]})
    assert reply.status == 200
    text = studio.client.get("/api/projects/1/files/merges.txt").json()["text"]
    assert text == replaced(2, "modèle").replace("ligne 8\n", "personne\n")
    assert studio.client.get("/api/projects/1/files/whole.txt").json()["text"] == replaced(2, "personne")


def test_the_server_dies_while_a_proposal_is_mended(start_studio: StartStudio) -> None:
    """The proposals of all its requests are read again, by the text protocol as well."""
    studio = start_studio(chat={"ACTION_FORMAT": "text"})
    wrong = "```text a.txt\n<<<<<<< SEARCH\nrien\n=======\nx\n>>>>>>> REPLACE\n```\n"
    right = "```text a.txt\ntout\n```\n"
    half = "".join(BLOCK.splitlines(keepends=True)[:2])
    studio.model.queue(say(wrong), say(right, half, Gate()))
    message = killed(studio, studio.client.send("Crée un bouton"), 1)
    assert message["content"] == f"{wrong}\n\n{right}{half}"
    assert_first_can_be_applied(studio, message)


def assert_applied_once(studio: Studio) -> None:
    """Ten at once, from as many tabs."""
    studio.model.queue(calls(*in_pieces(ARGUMENTS)), say("Voilà."))
    message = studio.client.ask("Crée un bouton").json()["message"]
    before = studio.client.get("/api/projects/1/revisions").json()["revisions"][0]["number"]
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: applied(studio, message), range(10)))
    assert [reply.status for reply in replies] == [200] * 10
    assert {reply.json()["revision"] for reply in replies} == {before + 1}
    assert studio.client.get("/api/projects/1/revisions").json()["revisions"][0]["number"] == before + 1
    assert studio.client.get("/api/projects/1/files/src/Button.jsx").json()["text"] == CONTENT


def test_confirmed_in_ten_tabs_at_once(start_studio: StartStudio) -> None:
    assert_applied_once(start_studio())


@pytest.mark.postgres
def test_confirmed_in_ten_tabs_at_once_on_postgres(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    assert_applied_once(start_studio(database_url=postgres_databases.new()))


@contextmanager
def held_project(studio: Studio) -> Iterator[None]:
    """Somebody's long transaction holds the project, as an import does."""
    with psycopg.connect(studio.database_url.replace("postgres://", "postgresql://", 1)) as connection:
        connection.execute("SELECT 1 FROM projects_project WHERE id = 1 FOR NO KEY UPDATE")
        yield
        connection.rollback()


def is_asked_for_a_button(messages: list[dict[str, Any]]) -> bool:
    """Whether these messages are the request, and nothing has come of it yet."""
    return "bouton" in str(messages[-1]["content"]) and messages[-1]["role"] == "user"


def auto_conversation(studio: Studio) -> int:
    """A conversation that applies plain files by itself."""
    pk = int(studio.client.post("/api/chat/conversations", {"project_id": 1, "title": "t"}).json()["conversation_id"])
    assert studio.client.request("PATCH", f"/api/chat/conversations/{pk}", {"mode": "auto"}).status == 200
    return pk


@pytest.mark.postgres
def test_applying_by_itself_holds_up_nobody_and_is_left_to_the_person(
    start_studio: StartStudio, postgres_databases: PostgresDatabases
) -> None:
    studio = start_studio(database_url=postgres_databases.new())
    conversation = auto_conversation(studio)
    button = calls(*in_pieces(ARGUMENTS))
    studio.model.choose = lambda call: button if is_asked_for_a_button(call.body["messages"]) else say("Voilà.")
    with held_project(studio):
        stream = studio.client.send("Crée un bouton", conversation_id=conversation)
        eventually(lambda: proposals_written(studio) == ["pending"], 30)
        assert studio.client.ask("Salut").json()["message"]["status"] == "complete"
        assert stream.end().type == "turn.completed"
        message = studio.client.message(conversation, stream.message_id)
        assert proposal(message) == ("create_file", "src/Button.jsx", "pending")
        assert message["metadata"]["notice"] == "auto_busy"
    assert applied(studio, message).status == 200
    assert studio.client.get("/api/projects/1/files/src/Button.jsx").json()["text"] == CONTENT


def proposals_written(studio: Studio) -> list[str]:
    """The states of the proposals that are in the database."""
    with psycopg.connect(studio.database_url.replace("postgres://", "postgresql://", 1)) as connection:
        return [status for (status,) in connection.execute("SELECT status FROM chat_aiaction ORDER BY id")]
