"""The chat's part of `/api/schema`, for drf-spectacular.

    SPECTACULAR_SETTINGS = {
        "PREPROCESSING_HOOKS": ["chat.api.schema.without_chat"],
        "POSTPROCESSING_HOOKS": ["chat.api.schema.with_chat", …],
    }

Spectacular reads DRF's serializers, and most of the chat is async views and msgspec types.  So all of it is described
in one place, `operations.py`, over the very types that check what comes in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from chat.api import shapes
from chat.api.errors import status_of
from chat.api.operations import OPERATIONS, Operation, Parameter
from chat.events.types import EVENTS
from chat.texts import text_of

Json = dict[str, Any]

TAG = "chat"
REF = "#/components/schemas/{name}"
#: Stands for an id until its address is written.
ANY_ID = 10**17
WITHOUT_ID = {"conversations", "message", "models", "context_preview", "context_suggestions", "context_indexing"}
EVENTS_MEDIA = "text/event-stream"
ABOUT = (
    "Conversations with a model about a project. Errors are `{success: false, error: {code, message}}`, with stable "
    "codes and messages in the caller's language."
)


def without_chat(endpoints: Iterable[Any], **_: Any) -> list[Any]:
    """Spectacular's preprocessing hook: leaves the chat's addresses to `with_chat`."""
    return [found for found in endpoints if not _module(found[3]).startswith("chat.api.")]


def _module(callback: Any) -> str:
    return str(getattr(getattr(callback, "cls", callback), "__module__", ""))


def with_chat(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Spectacular's postprocessing hook: adds every operation of the chat, and the types it names."""
    for operation in OPERATIONS:
        result["paths"].setdefault(address_of(operation.route), {})[operation.method] = described(operation)
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(types())
    components.setdefault("securitySchemes", {})["session"] = {
        "type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME,
        "description": "Where the host lets someone in without one (local development), none is needed.",
    }  # fmt: skip
    result.setdefault("tags", []).append({"name": TAG, "description": ABOUT})
    return result


def address_of(route: str) -> str:
    """A route's address as OpenAPI writes it, wherever the host has put the chat."""
    given = () if route in WITHOUT_ID else (ANY_ID,)
    return reverse(f"chat:{route}", args=given).replace(str(ANY_ID), "{id}")


def types() -> Json:
    """Every type that an operation or an event names."""
    named = [kind for operation in OPERATIONS for kind in (operation.body, operation.answer) if kind is not None]
    _, found = msgspec.json.schema_components([*named, shapes.ErrorAnswer, *EVENTS], ref_template=REF)
    return dict(found)


def described(operation: Operation) -> Json:
    """One operation as OpenAPI."""
    found: Json = {
        "operationId": operation.id,
        "tags": [TAG],
        "summary": operation.summary,
        "security": [{}, {"session": []}],
        "responses": {str(operation.status): _answer(operation), **_errors(operation.codes)},
    }
    if operation.about:
        found["description"] = operation.about
    if parameters := [*_path_id(operation), *map(_parameter, operation.parameters)]:
        found["parameters"] = parameters
    if operation.body is not None:
        schema = {"$ref": REF.format(name=operation.body.__name__)}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def _path_id(operation: Operation) -> list[Json]:
    if not operation.the_id:
        return []
    schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
    return [{"name": "id", "in": "path", "required": True, "description": operation.the_id, "schema": schema}]


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        "schema": parameter.schema,
    }


def _answer(operation: Operation) -> Json:
    """What comes when all goes well."""
    content: Json = {}
    if operation.answer is not None:
        content["application/json"] = {"schema": {"$ref": REF.format(name=operation.answer.__name__)}}
    if operation.events:
        content[EVENTS_MEDIA] = {"schema": _stream()}
    answer = operation.answer
    return {"description": (answer.__doc__ or "") if answer else "The events of a turn.", "content": content}


def _stream() -> Json:
    """A stream of events: a string to OpenAPI 3.1, so its parts are said in words and by `x-events`."""
    lines = [f"| `{event.type}` | {event.__doc__} | {', '.join(event.__struct_fields__)} |" for event in EVENTS]
    table = "\n".join(("| event | meaning | data |", "|---|---|---|", *lines))
    about = (
        "Server-sent events: `id: <number>`, `event: <type>`, `data: <JSON>`. Numbers grow strictly and are opaque. "
        f"Comment lines are pings. The stream ends after a `turn.completed|stopped|interrupted|failed`.\n\n{table}"
    )
    return {
        "type": "string",
        "description": about,
        "x-events": {event.type: {"$ref": REF.format(name=event.__name__)} for event in EVENTS},
    }


def _errors(codes: Iterable[str]) -> Json:
    """The error answers, by status; each says its codes."""
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[status_of(code)].append(code)
    return {str(status): _error(found) for status, found in sorted(by_status.items())}


def _error(codes: list[str]) -> Json:
    with override("en"):
        lines = [f"- `{code}`: {text_of(code)}" for code in codes]
    only = {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    schema = {"allOf": [{"$ref": REF.format(name=shapes.ErrorAnswer.__name__)}, only]}
    return {"description": "\n".join(lines), "content": {"application/json": {"schema": schema}}}
