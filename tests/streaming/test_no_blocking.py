"""Nothing waits on the event loop: no statement to the database, no file, no name to look up, no late import.

One such wait would hold up every stream of the server.
"""

from __future__ import annotations

import pytest

from tests.live import StartStudio, Studio
from tests.streaming.model_server import CUT, Gate, fail, say

pytestmark = pytest.mark.live


def blocking_calls(log: str) -> list[str]:
    """What the guard saw, each with its stack."""
    found = log.split("BLOCKING ")[1:]
    return [call.partition("\nEND\n")[0] for call in found]


def every_way(studio: Studio) -> None:
    """A bit of everything."""
    client = studio.client
    studio.model.answer = say("un ", CUT)
    first = client.send("Salut")
    first.end()
    studio.model.answer = say("deux", usage=None)
    client.again(first.message_id, "continue").end()
    gate = Gate()
    studio.model.answer = say("un ", gate)
    running = client.send("Salut")
    running.until_text("un ")
    client.messages(running.conversation_id)
    client.act(running.message_id, "stop")
    studio.model.answer = say("trois")
    client.act(running.message_id, "retry", {"model": "other"})
    studio.model.answer = fail(401)
    client.ask("Salut", conversation_id=first.conversation_id)
    client.follow(first.message_id, 2).rest()
    for path in (f"messages/{first.message_id}/calls", f"messages/{first.message_id}/receipt", "models"):
        assert client.get(f"/api/chat/{path}").status == 200
    client.get("/api/chat/conversations/1")
    for path in ("saved.txt", "../saved.txt"):
        client.request("PUT", f"/api/projects/1/files/{path}", {"text": "x"}, {"If-Match": "*"})
    client.request("DELETE", f"/api/chat/conversations/{first.conversation_id}")


def test_nothing_waits_on_the_event_loop(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_TEST_GUARD": "1", "DJANGO_SETTINGS_MODULE": "tests.live_settings"})
    every_way(studio)  # imports what is imported late
    started = len(studio.log_text())
    every_way(studio)
    assert blocking_calls(studio.log_text()[started:]) == []


def test_the_guard_itself_sees_a_blocking_call() -> None:
    import subprocess
    import sys

    from tests.streaming.databases import ROOT, environment

    code = (
        "import asyncio, time, tests.live_settings\n"
        "async def main(): time.sleep(0); await asyncio.to_thread(time.sleep, 0)\n"
        "asyncio.run(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(WEBOX_TEST_GUARD="1"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count("BLOCKING time.sleep") == 1
