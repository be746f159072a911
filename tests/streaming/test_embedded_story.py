"""The given example with the real embedded model: from the request to a file, and back."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from tests.live import StartStudio, Studio, eventually
from tests.streaming.client import Stream
from tests.streaming.databases import ROOT

pytestmark = [pytest.mark.live, pytest.mark.embedded]

REQUEST = "Crée un fichier Button.jsx avec un composant React"
#: It writes a few tokens a second where others work too, and 512 of them at most.
PATIENCE = 900.0
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
SUGGEST = """
import { suggestedPath } from "./chat/static/chat/suggest_path.js";
console.log(suggestedPath(JSON.parse(process.argv[1])));
"""


def written(studio: Studio, stream: Stream) -> dict[str, Any]:
    """The answer once a block of it is whole, stopped there: what comes after it is of no use here."""

    def has_block() -> bool:
        message = studio.client.message(stream.conversation_id, stream.message_id)
        return message["status"] != "streaming" or FENCE.search(message["content"]) is not None

    eventually(has_block, PATIENCE, every=0.5)
    studio.client.act(stream.message_id, "stop")
    return studio.client.message(stream.conversation_id, stream.message_id)


def offered(info: str, code: str) -> str:
    """The path under which the panel offers to make a file of a block."""
    given = json.dumps({"info": info, "language": info.partition(" ")[0], "code": code, "question": REQUEST})
    command = ["node", "--input-type=module", "-e", SUGGEST, given]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def made(studio: Studio, message: dict[str, Any]) -> tuple[str, int]:
    """Takes what the model offers: its proposal where it wrote the path itself, else its block as a file, as the page
    does.  The path and the revision."""
    chosen = [{"id": a["id"], "hash": a["hash"]} for a in message["actions"] if a["status"] == "pending"]
    if chosen:
        reply = studio.client.post(f"/api/chat/messages/{message['id']}/apply", {"actions": chosen})
        assert reply.status == 200, reply
        return str(message["actions"][0]["path"]), int(reply.json()["revision"])
    block = FENCE.search(message["content"])
    assert block is not None, message["content"]
    path = offered(block[1], block[2])
    address = f"/api/projects/1/files/{path}"
    reply = studio.client.request("PUT", address, {"text": block[2]}, {"If-None-Match": "*"})
    assert reply.status == 201, reply
    return path, int(reply.json()["revision"])


def test_a_file_by_the_embedded_model_is_made_and_taken_back(start_studio: StartStudio) -> None:
    studio = start_studio(env={"WEBOX_EMBEDDED_MODEL": "on", "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""})
    message = written(studio, studio.client.send(REQUEST))
    assert message["metadata"]["model"] == "SmolLM2-135M-Instruct"
    path, revision = made(studio, message)
    assert path.endswith("Button.jsx")
    text = studio.client.get(f"/api/projects/1/files/{path}").json()["text"]
    assert text.strip() in message["content"]
    assert studio.client.post(f"/api/projects/1/revisions/{revision}/revert", {}).status == 200
    assert studio.client.get(f"/api/projects/1/files/{path}").status == 404
