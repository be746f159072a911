"""The embedded model: its process, for real where it is installed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.llm import embedded_server
from chat.llm.base import CallTrace, ModelRequest
from chat.llm.embedded import EmbeddedModel
from chat.llm.weights import model_name, weights
from tests.unit.llm.providers import asked


def test_names_of_weights() -> None:
    assert model_name(Path("SmolLM2-135M-Instruct.Q4_1.gguf")) == "SmolLM2-135M-Instruct"
    assert model_name(Path("Llama-3.2-1B-Instruct-Q8_0.gguf")) == "Llama-3.2-1B-Instruct"
    assert model_name(Path("model.gguf")) == "model"


def test_a_configured_file_that_is_not_there(tmp_path: Path) -> None:
    assert weights(str(tmp_path / "missing.gguf")) is None
    there = tmp_path / "there.gguf"
    there.write_bytes(b"GGUF")
    assert weights(str(there)) == there


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (8, 7)])
def test_one_core_is_left_to_others(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    monkeypatch.setattr(embedded_server, "cores", lambda: cores)
    assert embedded_server.threads() == threads


async def test_weights_that_are_none_end_in_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"this is no model")
    provider = EmbeddedModel(str(broken))
    assert (await asked(provider)).code == "connection"
    await provider.aclose()


async def test_without_weights_the_key_is_missing(tmp_path: Path) -> None:
    provider = EmbeddedModel(str(tmp_path / "missing.gguf"))
    assert (await asked(provider)).code == "missing_api_key"
    assert await provider.models() == ()
    await provider.aclose()


@pytest.fixture
async def model() -> AsyncIterator[EmbeddedModel]:
    provider = EmbeddedModel()
    yield provider
    await provider.aclose()


def running(pid: int | None) -> bool:
    """True while the process is there and is no zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def gone(pid: int | None) -> bool:
    for _ in range(100):
        if not running(pid):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.embedded
async def test_it_answers_and_many_start_one_process(model: EmbeddedModel) -> None:
    found = await asyncio.gather(*(asked(model, max_tokens=8) for _ in range(3)))
    assert all(each.text and each.code is None for each in found)
    assert model._process is not None
    assert model._process.starts == 1
    (info,) = await model.models()
    assert (info.notice, info.id) == ("embedded_model", model.only_model)


@pytest.mark.embedded
async def test_a_killed_process_is_started_again(model: EmbeddedModel) -> None:
    await asked(model, max_tokens=4)
    assert model._process is not None
    pid = model._process.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    trace = CallTrace()
    assert (await asked(model, trace, max_tokens=4)).text
    assert model._process.starts == 2
    assert (trace.provider, trace.model) == ("embedded", model.only_model)


@pytest.mark.embedded
async def test_killed_in_the_middle_the_text_is_kept(model: EmbeddedModel) -> None:
    stream = model.stream(ModelRequest("m", [{"role": "user", "content": "Write a long story."}]), CallTrace())
    batch = await anext(stream)
    assert model._process is not None
    assert model._process.pid is not None
    os.kill(model._process.pid, signal.SIGKILL)
    with pytest.raises(Exception, match="connection_cut"):
        async for _ in stream:
            pass
    assert batch


@pytest.mark.embedded
async def test_a_prompt_too_long_says_so(model: EmbeddedModel) -> None:
    request = ModelRequest("m", [{"role": "user", "content": "hello " * 9000}])
    with pytest.raises(Exception, match="context_length"):
        await anext(model.stream(request, CallTrace()))


@pytest.mark.embedded
async def test_a_stranger_without_the_key_gets_nothing(model: EmbeddedModel) -> None:
    from chat.llm.openai_compatible import OpenAICompatible

    assert model._process is not None
    stranger = OpenAICompatible(base_url=await model._process.address() + "/v1", api_key="guess")
    assert (await asked(stranger)).code == "auth"
    await stranger.aclose()


@pytest.mark.embedded
async def test_closing_ends_the_process(model: EmbeddedModel) -> None:
    await asked(model, max_tokens=4)
    assert model._process is not None
    pid = model._process.pid
    await model.aclose()
    assert await gone(pid)


PARENT = """
import asyncio
from chat.llm.embedded import EmbeddedModel

async def main():
    model = EmbeddedModel()
    await model._process.address()
    print(model._process.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.embedded
async def test_it_ends_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert parent.stdout is not None
    pid = int(await asyncio.to_thread(parent.stdout.readline))
    assert running(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert await gone(pid)
