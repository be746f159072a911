"""Any server that speaks OpenAI's chat completions, through the `openai` package.

The package gives the client: authentication, headers, proxies, the list of models.  A completion is sent by its
HTTP client with its headers, and not by `chat.completions.create`, which spends more on one request (typed
transforms, option models, header merges: 1.3 ms of CPU) than the rest of a turn's way to the server together; and
the bytes of the answer are decoded here, because the package's own iterator hides how a stream ended.  This is the
only module that imports it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx2
import msgspec
import openai

from .base import CallTrace, ModelInfo, ModelRequest, Part, Provider, Timeouts
from .chunks import AnswerDecoder
from .dialect import Dialects
from .errors import Broken, ModelError, Refused, TimedOut
from .failures import clean_detail, error_from_status
from .model_list import MAX_LIST_BYTES, model_infos
from .reader import AnswerReader
from .retries import Retries
from .sources import all_of, source_of
from .transport import AiohttpTransport, Body, proxy_for

DEFAULT_BASE_URL = "https://api.openai.com/v1"
NO_KEY = "none"
LIST_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Wire:
    """What a completion is sent with: an HTTP client and its transport (`None`: not ours), the address of completions,
    the headers of every request."""

    client: httpx2.AsyncClient
    transport: AiohttpTransport | None
    url: str
    headers: Sequence[tuple[str, str]]


class OpenAICompatible(Provider):
    """A provider on `AsyncOpenAI`.

    `thinks_first`: content starts as thinking, without an opening tag.  `tools`, `usage`: what the server is
    expected to take; a refusal is remembered.  `headers` go with every request.
    """

    name: ClassVar[str] = "openai"

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeouts: Timeouts | None = None,
        tools: bool = True,
        usage: bool = True,
        thinks_first: bool = False,
        is_local: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.supports_tools = tools
        self.supports_usage = usage
        self.is_local = is_local
        self.base_url = (base_url or DEFAULT_BASE_URL).strip().rstrip("/")
        self.timeouts = timeouts or Timeouts()
        self.retries = Retries()
        self._key = (api_key or "").strip()
        self._headers = dict(headers or {})
        self._secrets = tuple(filter(None, (self._key, *self._headers.values())))
        self._shown_address = shown_address(self.base_url)
        self._thinks_first = thinks_first
        self._dialects = Dialects(usage=usage, tools=tools)
        self._client: openai.AsyncOpenAI | None = None
        self._http: httpx2.AsyncClient | None = None
        self._transport: AiohttpTransport | None = None
        self._wire: Wire | None = None
        self._listed: dict[str, int] = {}

    @staticmethod
    def warm_up() -> None:
        """Lets the package look at its machine once: it reads files and starts a process for its first headers."""
        _ = openai.AsyncOpenAI(api_key=NO_KEY).default_headers

    def takes_tools(self, model: str) -> bool:
        return self._dialects.of(model).tools

    def window_of(self, model: str) -> int | None:
        return self._listed.get(model)

    async def stream(self, request: ModelRequest, trace: CallTrace) -> AsyncGenerator[list[Part], None]:
        """Sends a request and gives the answer's parts; tries again only while nothing came yet."""
        trace.provider, trace.base_url = self.name, self._shown_address
        while True:
            answered = False
            try:
                async with self._answer(request, trace) as reader:
                    while batch := await reader.next():
                        answered = True
                        yield batch
                self._dialects.of(request.model).answered(trace.body or {})
                return
            except ModelError as error:
                if answered:
                    raise
                if not self._dialects.of(request.model).learn(error, trace.body):
                    waiting = self.retries.next_wait(error, trace)
                    yield [waiting]
                    await self.retries.sleep(waiting.seconds)

    async def models(self) -> Sequence[ModelInfo]:
        """The models that the server lists."""
        with self._translating():
            async with asyncio.timeout(LIST_SECONDS), self._opened().models.with_streaming_response.list() as response:
                body = await all_of(source_of(response.http_response), MAX_LIST_BYTES)
        infos = model_infos(body)
        self._listed = {info.id: info.context_window for info in infos if info.context_window is not None}
        return infos

    async def aclose(self) -> None:
        client, self._client, self._http, self._transport, self._wire = self._client, None, None, None, None
        if client is not None:
            await client.close()

    @contextlib.asynccontextmanager
    async def _answer(self, request: ModelRequest, trace: CallTrace) -> AsyncIterator[AnswerReader]:
        """One request; its connection is closed with the context."""
        started = asyncio.get_running_loop().time()
        async with contextlib.AsyncExitStack() as stack:
            response = await self._sent(request, trace, stack, started)
            decoder = AnswerDecoder(thinks_first=self._thinks_first, secrets=self._secrets)
            reader = AnswerReader(source_of(response), decoder, self.timeouts, started)
            stack.callback(_note, trace, decoder)
            stack.callback(reader.stop)
            yield reader

    async def _sent(
        self, request: ModelRequest, trace: CallTrace, stack: contextlib.AsyncExitStack, started: float
    ) -> Body | httpx2.Response:
        """The answer to a request, its body still to be read."""
        body = trace.body = self._dialects.of(request.model).body(request)
        trace.attempts += 1
        trace.status = None
        try:
            with self._translating():
                async with asyncio.timeout_at(started + self.timeouts.first_token):
                    response = await self._send(body)
                    stack.push_async_callback(response.aclose)
                    trace.status = response.status_code
                    if isinstance(response, httpx2.Response) and not response.is_success:
                        raise await self._refusal(response)
        except ModelError as error:
            trace.status = error.status
            raise
        return response

    async def _send(self, body: Mapping[str, Any]) -> Body | httpx2.Response:
        """The head of the answer, as the package's HTTP client and headers get it."""
        wire, content, connect = self._opened_wire(), encoded(body), self.timeouts.connect
        if wire.transport is not None:
            return await wire.transport.post(wire.url, content, wire.headers, connect)
        request = wire.client.build_request(
            "POST", wire.url, content=content, headers=list(wire.headers), timeout=httpx2.Timeout(None, connect=connect)
        )
        return await wire.client.send(request, stream=True)

    async def _refusal(self, response: httpx2.Response) -> ModelError:
        """The error that a status other than a success is."""
        content = await response.aread()
        return error_from_status(response.status_code, content, response.headers, self._secrets)

    def _opened_wire(self) -> Wire:
        """What a completion is sent with, made once: the address, and the headers that the package would send."""
        if self._wire is None:
            package = self._opened()
            url = httpx2.URL(self.base_url)
            headers = [
                (name, value.encode("ascii").decode())  # more than that is no header: the key is wrong
                for name, value in {**package.auth_headers, **package.default_headers}.items()
                if isinstance(value, str)
            ]
            target = url.copy_with(path=f"{url.path.rstrip('/')}/chat/completions")
            self._wire = Wire(self._http or self._http_client(), self._transport, str(target), headers)
        return self._wire

    @contextlib.contextmanager
    def _translating(self) -> Iterator[None]:
        """Errors of the package in terms of ours; none of them carries the key."""
        try:
            yield
        except openai.APIStatusError as error:
            answer = error.response
            raise error_from_status(answer.status_code, answer.content, answer.headers, self._secrets) from None
        except TimeoutError:
            raise TimedOut("timeout_first_byte") from None
        except (openai.APIConnectionError, httpx2.TransportError, ConnectionError) as error:
            raise self._unreachable(error) from None
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, ImportError) as error:
            raise self._unsendable(error) from None

    def _unreachable(self, error: Exception) -> ModelError:
        """No answer at all: a wrong address, or nobody there."""
        cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
        words = clean_detail(str(cause), self._secrets)
        if isinstance(cause, httpx2.UnsupportedProtocol):
            return Refused("bad_endpoint", words)
        if isinstance(cause, httpx2.LocalProtocolError):
            return Refused("auth", "The API key or a header has characters that can't be sent")
        return Broken("connection", words)

    def _unsendable(self, error: Exception) -> ModelError:
        if isinstance(error, UnicodeError):
            return Refused("auth", "The API key or a header has characters that can't be sent")
        if isinstance(error, httpx2.InvalidURL):
            return Refused("bad_endpoint", clean_detail(str(error), self._secrets))
        return Broken("connection", clean_detail(str(error), self._secrets))

    def _opened(self) -> openai.AsyncOpenAI:
        """The client, made on first use: it belongs to the running loop."""
        if self._client is None:
            self._http = self._http_client()
            self._client = openai.AsyncOpenAI(
                api_key=self._key or NO_KEY,
                base_url=self.base_url,
                max_retries=0,
                http_client=self._http,
                timeout=httpx2.Timeout(None, connect=self.timeouts.connect),
                default_headers={"Accept-Encoding": "gzip, deflate", **self._headers},
            )
        return self._client

    def _http_client(self) -> httpx2.AsyncClient:
        """aiohttp beneath; where the environment asks for a SOCKS proxy, which aiohttp has not, the plain client."""
        url = httpx2.URL(self.base_url)
        proxy = proxy_for(url)
        if proxy is not None and proxy.startswith("socks"):
            return openai.DefaultAsyncHttpxClient(follow_redirects=False, limits=httpx2.Limits())
        self._transport = AiohttpTransport(secure=url.scheme == "https", proxy=proxy)
        return httpx2.AsyncClient(transport=self._transport, follow_redirects=False)


def encoded(body: Mapping[str, Any]) -> bytes:
    """A request's body as JSON; text that is no Unicode (half a surrogate pair) goes as escapes."""
    try:
        return msgspec.json.encode(body)
    except UnicodeError:
        return json.dumps(body).encode()


def _note(trace: CallTrace, decoder: AnswerDecoder) -> None:
    """What the answer said of itself, also where it was cut."""
    trace.usage = decoder.usage or trace.usage
    trace.response_id = decoder.response_id
    trace.model = decoder.model


def shown_address(base_url: str) -> str:
    """The address without what may be secret in it."""
    try:
        url = httpx2.URL(base_url)
        return str(url.copy_with(username=None, password=None, query=None, fragment=None))
    except (httpx2.InvalidURL, ValueError):
        return base_url.partition("?")[0].rpartition("@")[2][:200]
