"""The embedded model: a small real one beside the server, for trying the studio without a key.

It is `OpenAICompatible` on a llama.cpp server that runs as a child process; see `child` and `embedded_server`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar

from .base import CallTrace, ModelInfo, ModelRequest, Part, Provider, Timeouts
from .child import ModelProcess
from .errors import Broken, NotConfigured
from .openai_compatible import OpenAICompatible
from .retries import Retries
from .weights import model_name, weights

CONTEXT = 8192
#: What one prompt and its answer should stay below: the window is shared by two chats, and reading is slow.
COMFORTABLE_CONTEXT = 4096
#: A processor reads about a hundred tokens a second: nobody waits half a minute for a first word.  Its own count of
#: French is up to half again as high as ours.
COMFORTABLE_PROMPT = 1000
FIRST_TOKEN_SECONDS = 300.0
#: A model this small has said what it can by then.
LONGEST_ANSWER = 512
#: So small a model soon wanders where chance chooses its words; the same request gets the same answer.
TEMPERATURE = 0.0
NOTICE = "embedded_model"


class LocalServer(OpenAICompatible):
    """The child's server."""

    name: ClassVar[str] = "embedded"


class EmbeddedModel(Provider):
    """Serves one model whatever name is asked for: `only_model`."""

    name: ClassVar[str] = "embedded"
    is_local = True
    prompt_tokens = COMFORTABLE_PROMPT

    def __init__(self, gguf: str = "", timeouts: Timeouts | None = None) -> None:
        path = weights(gguf)
        self.only_model = model_name(path) if path is not None else ""
        limits = timeouts or Timeouts()
        self._timeouts = replace(limits, first_token=max(limits.first_token, FIRST_TOKEN_SECONDS))
        self._process = ModelProcess(path, self.only_model, CONTEXT) if path is not None else None
        self._server: LocalServer | None = None

    async def stream(self, request: ModelRequest, trace: CallTrace) -> AsyncGenerator[list[Part], None]:
        trace.provider = self.name
        asked = replace(
            request,
            model=self.only_model,
            max_tokens=min(request.max_tokens or LONGEST_ANSWER, CONTEXT),
            tools=(),
            temperature=TEMPERATURE if request.temperature is None else request.temperature,
        )
        for last in (False, True):
            server = await self._ready()
            answered = False
            try:
                async with aclosing(server.stream(asked, trace)) as batches:
                    async for batch in batches:
                        answered = True
                        yield batch
                return
            except Broken:
                if answered or last or not await self._died():
                    raise

    async def models(self) -> Sequence[ModelInfo]:
        if self._process is None:
            return ()
        return (ModelInfo(self.only_model, self.only_model, COMFORTABLE_CONTEXT, NOTICE),)

    async def aclose(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.aclose()
        if self._process is not None:
            await self._process.aclose()

    async def _died(self) -> bool:
        return self._process is not None and await self._process.died()

    async def _ready(self) -> LocalServer:
        """The child's server, started where it doesn't run."""
        if self._process is None:
            raise NotConfigured("missing_api_key")
        base_url = await self._process.address() + "/v1"
        if self._server is None or self._server.base_url != base_url:
            stale, self._server = (
                self._server,
                LocalServer(
                    api_key=self._process.key, base_url=base_url, timeouts=self._timeouts, tools=False, is_local=True
                ),
            )
            self._server.retries = Retries(most=0)
            if stale is not None:
                await stale.aclose()
        return self._server
