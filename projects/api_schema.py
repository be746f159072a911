"""The files' part of `/api/schema`, for drf-spectacular: these views are no DRF and describe themselves.

    SPECTACULAR_SETTINGS = {"POSTPROCESSING_HOOKS": [..., "projects.api_schema.with_files"]}

Last of the hooks: it also says that tokens open every operation, whoever described it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.translation import override

from projects.api_operations import EVENTS, OPERATIONS, Operation, Parameter
from projects.api_shapes import FilesRefusal
from projects.errors import TEXTS
from projects.http import OWN_TEXTS, STATUS

Json = dict[str, Any]

TAG = "files"
REF = "#/components/schemas/{name}"
ABOUT = (
    "A project's files, their history, search, previews. Errors are `{success: false, error: {code, message}}`, with "
    "stable codes and messages in the caller's language."
)
#: Each placeholder of an address: what stands for it until the address is written, and what it is.
IN_PATH: dict[str, Json] = {
    "files:file": {"path": "PATH"},
    "files:raw": {"path": "PATH"},
    "files:revision": {"revision": 10**16},
    "files:revert": {"revision": 10**16},
}
PROJECT = 10**17
PATH_PARAMETERS: Json = {
    "id": {"description": "The project.", "schema": {"type": "integer", "minimum": 0}},
    "path": {"description": "The file's path, with its slashes.", "schema": {"type": "string"}},
    "revision": {"description": "The revision's number.", "schema": {"type": "integer", "minimum": 0}},
}
TOKEN = {
    "type": "apiKey", "in": "header", "name": "Authorization",
    "description": "`Token …`: an API token of the account page. It reaches its person's projects, and nothing else.",
}  # fmt: skip


def with_files(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Spectacular's postprocessing hook."""
    for operation in OPERATIONS:
        result["paths"].setdefault(address_of(operation.route), {})[operation.method] = described(operation)
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, schema in types().items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two types of the API are called {name}")
    components.setdefault("securitySchemes", {})["token"] = TOKEN
    for methods in result["paths"].values():
        for operation_json in methods.values():
            operation_json.setdefault("security", [{}]).append({"token": []})
    result.setdefault("tags", []).append({"name": TAG, "description": ABOUT})
    return result


def address_of(route: str) -> str:
    """A route's address as OpenAPI writes it."""
    places = IN_PATH.get(f"files:{route}", {})
    address = reverse(f"files:{route}", kwargs={"project_id": PROJECT, **places})
    for name, value in {"id": PROJECT, **places}.items():
        address = address.replace(str(value), f"{{{name}}}")
    return address


def types() -> Json:
    """Every type that an operation names."""
    named = [kind for operation in OPERATIONS for kind in (operation.body, operation.answer) if kind is not None]
    _, found = msgspec.json.schema_components([*named, FilesRefusal], ref_template=REF)
    return dict(found)


def described(operation: Operation) -> Json:
    """One operation as OpenAPI."""
    found: Json = {
        "operationId": operation.id,
        "tags": [TAG],
        "summary": operation.summary,
        "security": [{}, {"session": []}],
        "parameters": [*_in_path(operation.route), *map(_parameter, operation.parameters)],
        "responses": {**_answers(operation), **_errors(operation.codes)},
    }
    if operation.about:
        found["description"] = operation.about
    if content := _body(operation):
        found["requestBody"] = {"required": True, "content": content}
    return found


def _in_path(route: str) -> list[Json]:
    names = ["id", *IN_PATH.get(f"files:{route}", {})]
    return [{"name": name, "in": "path", "required": True, **PATH_PARAMETERS[name]} for name in names]


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        "schema": parameter.schema,
        "required": parameter.required,
    }


def _body(operation: Operation) -> Json:
    content: Json = {}
    if operation.body is not None:
        content["application/json"] = {"schema": {"$ref": REF.format(name=operation.body.__name__)}}
    if operation.other_body:
        content[operation.other_body] = {}
    return content


def _answers(operation: Operation) -> Json:
    """What comes when all goes well; 304 and 416 have no body."""
    content: Json = {}
    if operation.answer is not None:
        content["application/json"] = {"schema": {"$ref": REF.format(name=operation.answer.__name__)}}
    for media in operation.other:
        content[media] = {"schema": {"type": "string"}} if media == EVENTS else {}
    about = (operation.answer.__doc__ or "") if operation.answer else operation.summary
    bare = {304: "It is still the same.", 416: "There is no such range."}
    return {
        str(status): {"description": bare[status]} if status in bare else {"description": about, "content": content}
        for status in operation.statuses
    }


def _errors(codes: Iterable[str]) -> Json:
    """The error answers, by status; each says its codes."""
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[STATUS[code]].append(code)
    return {str(status): _error(found) for status, found in sorted(by_status.items())}


def _error(codes: list[str]) -> Json:
    texts = {**TEXTS, **OWN_TEXTS}
    with override("en"):
        lines = [f"- `{code}`: {texts[code]}" for code in codes]
    only = {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    schema = {"allOf": [{"$ref": REF.format(name=FilesRefusal.__name__)}, only]}
    return {"description": "\n".join(lines), "content": {"application/json": {"schema": schema}}}
