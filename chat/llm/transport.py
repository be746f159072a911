"""The way to the model server: aiohttp under the client that the `openai` package expects.

`openai` ships such a transport too; this one gives what a server of many slow streams needs.  A body is paused
while nobody asks for more, so that between two pulls the bytes gather in the kernel and one read gets them all.
There is no limit of connections, redirects are not followed, and the body of a failure is read only in part.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from aiohttp.http_exceptions import HttpProcessingError

from .failures import MAX_ERROR_BYTES

BODY: Final = "chat_body"
ERROR_BODY_SECONDS: Final = 10.0
KEEPALIVE_SECONDS: Final = 30.0
#: The first status that is no success.
FAILURE: Final = 300

_SSL_MARK = re.compile(r" ssl:\w+")
_READ_ERRORS = (aiohttp.ClientError, HttpProcessingError, OSError, RuntimeError)
_TRANSLATIONS: Final[tuple[tuple[tuple[type[Exception], ...], type[httpx2.TransportError]], ...]] = (
    (
        (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, aiohttp.ClientConnectorCertificateError),
        httpx2.UnsupportedProtocol,
    ),
    ((TimeoutError,), httpx2.ConnectTimeout),
    ((aiohttp.ClientProxyConnectionError,), httpx2.ProxyError),
    ((aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError), httpx2.ConnectError),
    ((aiohttp.ClientResponseError,), httpx2.RemoteProtocolError),
    ((ValueError,), httpx2.LocalProtocolError),
)


class Body(httpx2.AsyncByteStream):
    """The bytes of an answer, pulled one read at a time."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.status_code = response.status
        self._response = response
        self._content = response.content
        connection = response.connection
        self._transport = connection.transport if connection is not None else None

    async def pull(self) -> bytes:
        """The next bytes as they come; none at the end.  Raises `ConnectionError` where the connection breaks.

        At the end of the body aiohttp takes the connection back: from then on it is not ours to pause.
        """
        content, transport = self._content, self._transport
        if transport is not None and not content.is_eof():
            transport.resume_reading()
        try:
            data = await _all_there(content)
        except _READ_ERRORS as error:
            raise ConnectionError(type(error).__name__) from error
        if transport is not None and not content.is_eof():
            transport.pause_reading()
        return data

    def fail(self, error: Exception) -> None:
        """Ends the wait of a `pull` with an error."""
        self._content.set_exception(error)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self.pull():
            yield data

    async def aclose(self) -> None:
        """Gives the connection back where the answer was read to its end, closes it at once otherwise."""
        if self._content.is_eof():
            self._response.release()
        else:
            self._response.close()


async def _all_there(content: aiohttp.StreamReader) -> bytes:
    """What `readany` gives, for much less where it is many pieces: a server sends each token as a chunk of its own, and
    for each chunk `readany` asks the connection to go on reading.  So they are made one piece before it is asked."""
    pieces: deque[bytes] = getattr(content, "_buffer", deque())  # a body that is empty by its status has none
    while not pieces and not content.is_eof() and content.exception() is None:
        await content._wait("readany")  # noqa: SLF001
    if len(pieces) > 1:
        joined = b"".join(pieces)
        pieces.clear()
        pieces.append(joined)
    return await content.readany()


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends the requests of an `httpx2.AsyncClient` through one aiohttp session."""

    def __init__(self, *, secure: bool, proxy: str | None = None) -> None:
        self._secure = secure
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request; the body of a success is left to be read, that of a failure is read in part."""
        limits = request.extensions.get("timeout") or {}
        response = await self._send(
            request.method,
            str(request.url),
            request.headers.multi_items(),
            request.content,
            aiohttp.ClientTimeout(
                total=limits.get("read"), connect=limits.get("connect"), sock_connect=limits.get("connect")
            ),
        )
        return await _answered(response, request)

    async def post(
        self, url: str, content: bytes, headers: Sequence[tuple[str, str]], connect: float | None
    ) -> Body | httpx2.Response:
        """One POST without what a client and its requests cost, which is a third of the way to the model server: the
        plain body of a success, a response for all else."""
        response = await self._send("POST", url, headers, content, _timeout(connect))
        if response.status < FAILURE and response.headers.get("content-encoding", "identity") in ("", "identity"):
            return Body(response)
        return await _answered(response, httpx2.Request("POST", url))

    async def aclose(self) -> None:
        """Closes all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _send(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        content: bytes,
        limits: aiohttp.ClientTimeout,
    ) -> aiohttp.ClientResponse:
        try:
            return await self._opened().request(
                method,
                url,
                headers=headers,
                data=content or None,
                allow_redirects=False,
                auto_decompress=False,
                proxy=self._proxy,
                timeout=limits,
            )
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _translated(error) from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            secure = httpx2.create_ssl_context() if self._secure else True
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=secure, keepalive_timeout=KEEPALIVE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
            )
        return self._session


async def _answered(response: aiohttp.ClientResponse, request: httpx2.Request) -> httpx2.Response:
    """An answer in the terms of httpx2."""
    if response.status >= FAILURE:
        return await _failure(response, request)
    _forget_body(request)
    body = Body(response)
    return httpx2.Response(
        response.status, headers=response.raw_headers, stream=body, request=request, extensions={BODY: body}
    )


@lru_cache(maxsize=16)
def _timeout(connect: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect)


def _forget_body(request: httpx2.Request) -> None:
    """The question has been sent: whoever reads the answer, for minutes maybe, need not keep it in memory."""
    request.stream, request._content = httpx2.ByteStream(b""), b""  # noqa: SLF001


async def _failure(response: aiohttp.ClientResponse, request: httpx2.Request) -> httpx2.Response:
    """A failure with what its body says, as far as that comes soon and is not too long."""
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(ERROR_BODY_SECONDS):
            while size < MAX_ERROR_BYTES and (data := await response.content.readany()):
                pieces.append(data)
                size += len(data)
    except (TimeoutError, aiohttp.ClientError, OSError):
        pass
    response.release()
    encoding = response.headers.get("content-encoding", "")
    headers = [
        (name, value)
        for name, value in response.raw_headers
        if name.lower() not in (b"content-encoding", b"content-length", b"transfer-encoding")
    ]
    content = _decoded(b"".join(pieces), encoding)
    return httpx2.Response(response.status, headers=headers, content=content, request=request)


def _decoded(data: bytes, encoding: str) -> bytes:
    """A compressed body, as far as it can be read."""
    if not encoding or encoding == "identity":
        return data
    try:
        return httpx2.Response(200, headers={"content-encoding": encoding}, content=data).content
    except httpx2.DecodingError:
        return b""


def _translated(error: Exception) -> httpx2.TransportError:
    """An error of aiohttp in the terms of httpx2."""
    words = _SSL_MARK.sub("", str(error)) or type(error).__name__
    for kinds, made in _TRANSLATIONS:
        if isinstance(error, kinds):
            return made(words)
    return httpx2.ReadError(words)


def proxy_for(url: httpx2.URL, proxies: Mapping[str, str] | None = None) -> str | None:
    """The proxy that the environment names for an address; the package's own client would ask for it too."""
    known: Mapping[str, Any] = getproxies() if proxies is None else proxies
    if not url.host or proxy_bypass(url.host):
        return None
    proxy: str | None = known.get(url.scheme) or known.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
