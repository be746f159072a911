"""Every error answer: `{"success": false, "error": {"code", "message", …}}`, by code and status."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, cast

from django.core.exceptions import DisallowedHost, ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf
from rest_framework.response import Response

from chat.api.output import json_response
from chat.errors import ChatError
from chat.events.writer import UNAVAILABLE
from chat.texts import text_of

logger = logging.getLogger(__name__)
P = ParamSpec("P")

STATUS: dict[str, int] = {
    "invalid": 400,
    "malformed_json": 400,
    "too_deep": 400,
    "bad_host": 400,
    "login_required": 401,
    "permission_denied": 403,
    "csrf": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "turn_in_progress": 409,
    "not_continuable": 409,
    "not_last": 409,
    "client_id_reused": 409,
    "stale": 409,
    "conflict": 409,
    "blocked": 409,
    "path_conflict": 409,
    "missing_file": 409,
    "bad_path": 400,
    "too_many_files": 413,
    "project_full": 413,
    "body_too_large": 413,
    "too_large": 413,
    "draining": 503,
    "database_unavailable": 503,
    "database_outdated": 503,
    "server_error": 500,
    "needs_asgi": 501,
    # the model's: ours to say where the site lacks something, a gateway's where the server behind it failed
    "missing_api_key": 503,
    "package_missing": 503,
    "unavailable": 503,
    "overloaded": 503,
    "rate_limit": 503,
    "server_restarted": 503,
    "timeout_first_byte": 504,
    "timeout_stall": 504,
    "timeout_total": 504,
}
MODEL_FAILED = 502
#: Table, column (SQLSTATE of PostgreSQL), and SQLite's words for the same.
UNDEFINED = {"42P01", "42703"}
MISSING = re.compile(r"no such (table|column)|has no column named")


def status_of(code: str) -> int:
    """The HTTP status of a code; one that is not listed is the model server's failure."""
    return STATUS.get(code, MODEL_FAILED)


def error_body(code: str, detail: str = "", **extra: Any) -> dict[str, Any]:
    """The body of an error answer; `text`, where somebody else has words for it, stands for our own."""
    message = extra.pop("text", "") or text_of(code, detail)
    return {"success": False, "error": {"code": code, "message": message, **extra}}


def error_response(code: str, **extra: Any) -> HttpResponse:
    """An error answer."""
    response = json_response(error_body(code, **extra), status=status_of(code))
    if "allowed" in extra:
        response["Allow"] = ", ".join(extra["allowed"])
    return response


def of_exception(error: Exception) -> tuple[str, dict[str, Any]] | None:
    """The code and extras of an exception that is an answer; `None` for a bug."""
    match error:
        case ChatError():
            return error.code, error.extra
        case PermissionDenied():
            return "csrf" if type(error) is not PermissionDenied else "permission_denied", {}
        case Http404() | ObjectDoesNotExist():
            return "not_found", {}
        case DisallowedHost():
            return "bad_host", {}
        case DatabaseError() if is_outdated(error):
            logger.error("the database is older than the code: run manage.py migrate (%s)", error)
            return "database_outdated", {}
    return ("database_unavailable", {}) if isinstance(error, UNAVAILABLE) else None


def is_outdated(error: DatabaseError) -> bool:
    """Whether a table or column of ours is missing.  SQLite says so with the error of a database that is away."""
    return getattr(error.__cause__, "sqlstate", "") in UNDEFINED or bool(MISSING.search(str(error)))


View = Callable[P, Coroutine[Any, Any, HttpResponseBase]]


def answers(method: str) -> Callable[[View[P]], View[P]]:
    """An async view of one method, whose refusals and exceptions become error answers.

    Another site's request is refused by `chat/origin.py`: Django's own check would refuse the given calls, which carry
    no cookie and no token.
    """

    def decorate(view: View[P]) -> View[P]:
        return csrf_exempt(_answering_errors(view, method))

    return decorate


def _answering_errors(view: View[P], method: str) -> View[P]:
    @functools.wraps(view)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            if cast(HttpRequest, args[0]).method != method:
                raise ChatError("method_not_allowed", allowed=[method])
            return await view(*args, **kwargs)
        except Exception as error:
            found = of_exception(error)
            if found is None:
                logger.exception("%s failed", view.__name__)
                found = "server_error", {}
            return error_response(found[0], **found[1])

    return wrapped


DRF_CODES: dict[type[drf.APIException], str] = {
    drf.ParseError: "malformed_json",
    drf.ValidationError: "invalid",
    drf.NotAuthenticated: "login_required",
    drf.AuthenticationFailed: "login_required",
    drf.PermissionDenied: "permission_denied",
    drf.NotFound: "not_found",
    drf.MethodNotAllowed: "method_not_allowed",
}


def _flat(detail: Any) -> dict[str, str]:
    """What is wrong by field, in a few words, as the other views say it."""
    named = detail if isinstance(detail, dict) else {"body": detail}
    return {name: str(said[0] if isinstance(said, list) and said else said) for name, said in named.items()}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The same for DRF's views (the `EXCEPTION_HANDLER` of chat's views)."""
    if isinstance(error, drf.APIException):
        code = next((code for kind, code in DRF_CODES.items() if isinstance(error, kind)), "invalid")
        extra: dict[str, Any] = {"fields": _flat(error.detail)} if code == "invalid" else {}
        return Response(error_body(code, **extra), status=error.status_code)
    found = of_exception(error)
    if found is None:
        logger.error("%s failed", type(context.get("view")).__name__, exc_info=error)
        found = "server_error", {}
    return Response(error_body(found[0], **found[1]), status=status_of(found[0]))
