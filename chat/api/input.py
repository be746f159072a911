"""What a caller sends, checked: size, depth, types, limits.  Every refusal is a `ChatError`."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest
from msgspec import Meta

from chat.actions.plan import MOST_PATH
from chat.conf import settings
from chat.context import mentions
from chat.errors import ChatError

MAX_DEPTH = 32
# a string that never ends is taken to the end, once: a possessive quantifier gives nothing back to try again
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|$)|[\[{]|[\]}]', re.DOTALL)
MAX_CONTEXT_BYTES = 200_000
# PostgreSQL stores no NUL; the other control characters but tab and line breaks have no business in a message
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

#: Control and formatting characters.
UNSEEN = {"Cc", "Cf"}

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
# a path that a file may have is one that may be pinned, or open
Path = Annotated[str, Meta(max_length=MOST_PATH)]
# of visible characters: it is stored, logged and sent as it is
ModelName = Annotated[str, Meta(max_length=200, pattern="^[^\\x00-\\x1f\\x7f]*\\Z")]
Struct = TypeVar("Struct", bound=msgspec.Struct)


class Selection(msgspec.Struct, frozen=True):
    """A piece of a file that the person has selected."""

    path: Path = ""
    text: Annotated[str, Meta(max_length=100_000)] = ""
    from_line: int | None = None
    to_line: int | None = None


class PreviewError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the preview's console said, with the file and line where it happened."""

    message: Annotated[str, Meta(max_length=2000)] = ""
    file: Path = ""
    line: int | None = None


class MessageContext(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person is looking at, works on, and wants the model to be given or not."""

    open_file: Path = ""
    selection: Selection | None = None
    open_files: Annotated[list[Path], Meta(max_length=100)] = []
    edited: Annotated[list[Path], Meta(max_length=100)] = []
    preview_errors: Annotated[list[PreviewError], Meta(max_length=50)] = []
    pinned: Annotated[list[Path], Meta(max_length=100)] = []
    excluded: Annotated[list[Path], Meta(max_length=300)] = []


class MessageBody(msgspec.Struct, frozen=True):
    """`POST /api/chat/message`."""

    project_id: Id
    content: str
    conversation_id: Id | None = None
    client_id: UUID | None = None
    model: ModelName | None = None
    context: MessageContext | None = None
    replaces: Id | None = None
    mode: Literal["ask", "auto"] | None = None


class PreviewBody(msgspec.Struct, frozen=True):
    """`POST /api/chat/context/preview`."""

    project_id: Id
    content: str = ""
    conversation_id: Id | None = None
    model: ModelName | None = None
    context: MessageContext | None = None
    replaces: Id | None = None


class AgainBody(msgspec.Struct, frozen=True):
    """`POST /api/chat/messages/{id}/retry` and `…/continue`."""

    client_id: UUID | None = None
    model: ModelName | None = None


def body_of(request: HttpRequest, shape: type[Struct]) -> Struct:
    """The body of a request.

    Raises `ChatError`: `body_too_large`, `malformed_json`, `too_deep`, `invalid` with the field.
    """
    data = read_body(request)
    if depth_of(data) > MAX_DEPTH:
        raise ChatError("too_deep")
    try:
        return msgspec.json.decode(data or b"{}", type=shape)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`") or re.sub(r".*`(\w+)`$", r"\1", text)
        raise ChatError("invalid", fields={field: text}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ChatError("malformed_json") from error
    except RecursionError as error:
        raise ChatError("too_deep") from error


def read_body(request: HttpRequest) -> bytes:
    """The body's bytes, as many as are allowed.  Raises `ChatError("body_too_large")`."""
    limit = int(settings.MAX_BODY_BYTES)
    try:
        if int(request.headers.get("Content-Length") or 0) > limit:
            raise ChatError("body_too_large", limit=limit)
    except ValueError as error:
        raise ChatError("malformed_json") from error
    data = request.read(limit + 1)
    if len(data) > limit:
        raise ChatError("body_too_large", limit=limit)
    return bytes(data)


def depth_of(data: bytes) -> int:
    """How deep arrays and objects of a JSON text are nested, in linear time; brackets in strings do not count."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for match in TOKENS.finditer(data):
        first = data[match.start()]
        depth += (first in b"[{") - (first in b"]}")
        deepest = max(deepest, depth)
    return deepest


def content_of(body: MessageBody) -> str:
    """The message's text, cleaned.  Raises `ChatError`: `invalid` where it is blank, `too_large`."""
    content = CONTROL.sub("\N{REPLACEMENT CHARACTER}", body.content)
    if not any(map(_is_seen, content)):
        raise ChatError("invalid", fields={"content": "blank"})
    limit = int(settings.MAX_MESSAGE_CHARACTERS)
    if len(content) > limit:
        raise ChatError("too_large", limit=limit)
    return content


def _is_seen(sign: str) -> bool:
    """Whether it shows: neither space nor a sign without width."""
    return not sign.isspace() and unicodedata.category(sign) not in UNSEEN


def context_of(body: MessageBody | PreviewBody) -> dict[str, Any]:
    """The pointers that came with a message, as JSON, cleaned as the message is; and the earlier messages of its own
    conversation that its text names."""
    found = dict(_cleaned(msgspec.to_builtins(body.context))) if body.context is not None else {}
    if body.conversation_id is not None and (named := mentions.messages(body.content)):
        found |= {"conversation_id": body.conversation_id, "messages": named}
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {key: _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


def number(request: HttpRequest, name: str, default: int, most: int) -> int:
    """A number in the query string, kept within 0 and `most`.  Raises `ChatError("invalid")`."""
    text = request.GET.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ChatError("invalid", fields={name: "a number"})
    return min(int(text), most)
