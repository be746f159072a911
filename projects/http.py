"""What the files' API shares: who asks, the body, and errors as `{"success": false, "error": {"code", "message", …}}`.

A view is declared with its method and the right it takes:

    @answers("GET", Right.READ)
    def file_list(request, asked): …      asked.user, asked.project

A stranger gets 404, a viewer's write 403, nobody 401; the same shape for every refusal, and for a bug.
"""

from __future__ import annotations

import enum
import logging
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import msgspec
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from projects import access, caller
from projects.errors import TEXTS, FilesError
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)
P = ParamSpec("P")
Struct = TypeVar("Struct", bound=msgspec.Struct)
Made = TypeVar("Made", bound=HttpResponseBase)

MAX_DEPTH = 16
PIECE_BYTES = 256 * 1024
STATUS = {
    "invalid": 400, "malformed_json": 400, "bad_host": 400, "bad_path": 400, "duplicate": 400, "bad_pattern": 400,
    "search_too_slow": 400,
    "bad_archive": 400, "archive_bomb": 400, "archive_link": 400, "archive_encrypted": 400, "binary": 400,
    "encoding": 400, "login_required": 401, "permission_denied": 403, "csrf": 403, "not_found": 404,
    "missing_file": 404, "unknown_revision": 404, "method_not_allowed": 405, "path_conflict": 409, "conflict": 409,
    "stale": 412, "body_too_large": 413, "too_large": 413, "too_many_files": 413, "project_full": 413,
    "precondition_required": 428, "no_preview_origin": 503, "preview_ended": 410, "server_error": 500,
    "database_unavailable": 503,
}  # fmt: skip
OWN_TEXTS = {
    "invalid": _("Un champ de la requête n'est pas valide."),
    "malformed_json": _("Le corps de la requête n'est pas du JSON valide."),
    "bad_host": _("Ce nom de serveur n'est pas dans ALLOWED_HOSTS."),
    "login_required": _("Connectez-vous."),
    "permission_denied": _("Vous n'avez pas le droit de changer ce projet."),
    "csrf": _("La page n'est plus à jour ou la requête vient d'un autre site. Rechargez la page."),
    "not_found": _("Introuvable."),
    "method_not_allowed": _("Cette méthode n'est pas permise ici."),
    "body_too_large": _("La requête est trop grande."),
    "no_preview_origin": _("Les aperçus n'ont pas d'adresse : réglez PREVIEW_ORIGIN."),
    "preview_ended": _("Cet aperçu est terminé. Rechargez-le."),
    "server_error": _("Une erreur inattendue s'est produite. Elle est dans le journal du serveur."),
    "database_unavailable": _("La base de données ne répond pas. Réessayez dans quelques secondes."),
}


class ApiError(FilesError):
    """A refusal of the API itself."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code, OWN_TEXTS[code] if code in OWN_TEXTS else TEXTS[code], **extra)


class Right(enum.Enum):
    READ = "read"
    WRITE = "write"
    MANAGE = "manage"
    PURGE = "purge"


MAY = {Right.WRITE: access.can_write, Right.MANAGE: access.can_manage, Right.PURGE: access.can_purge}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and for which project."""

    user: User
    project: Project


View = Callable[Concatenate[HttpRequest, Asked, P], HttpResponseBase]
Answer = Callable[..., HttpResponseBase]


def answers(view_of: dict[str, tuple[Right, View[P]]]) -> Answer:
    """One address: its methods, each with the right that it takes and its view."""

    def address(request: HttpRequest, project_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            right, view = _view_for(request, view_of)
            with caller.calling(request.headers.get(caller.HEADER)):
                answer = view(request, asked_by(request, project_id, right), *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a bug is an answer too, and is logged
            answer = error_answer(error)
        return private(answer)

    address.rights = {method: right for method, (right, _) in view_of.items()}  # type: ignore[attr-defined]
    # Another site's request is refused by `access.request_user`, as everywhere.
    return csrf_exempt(address)


def private(answer: Made) -> Made:
    """The answer, with the headers that all of these have."""
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _view_for(request: HttpRequest, view_of: dict[str, tuple[Right, View[P]]]) -> tuple[Right, View[P]]:
    found = view_of.get("GET" if request.method == "HEAD" else request.method or "")
    if found is None:
        raise ApiError("method_not_allowed", allowed=sorted(view_of))
    return found


def asked_by(request: HttpRequest, project_id: int, right: Right) -> Asked:
    """Who asks, where they may. Raises what `error_answer` knows."""
    request.get_host()
    user = access.request_user(request)
    if user is None:
        raise ApiError("login_required")
    project = access.project_for(user, project_id)
    if right is not Right.READ and not MAY[right](user, project):
        raise ApiError("permission_denied")
    return Asked(user, project)


CODES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (access.ForeignRequest, "csrf"),
    (PermissionDenied, "permission_denied"),
    (Project.DoesNotExist, "not_found"),
    (DisallowedHost, "bad_host"),
    ((OperationalError, InterfaceError), "database_unavailable"),
)


def error_answer(error: Exception) -> HttpResponse:
    """The answer to whatever was raised."""
    if isinstance(error, FilesError):
        return failure(error)
    code = next((code for kind, code in CODES if isinstance(error, kind)), "server_error")
    if code in {"server_error", "database_unavailable"}:
        logger.error("the files' API failed", exc_info=error)
    return failure(ApiError(code))


def failure(error: FilesError, **extra: Any) -> HttpResponse:
    """An error answer."""
    return answer({"success": False, "error": {**told(error), **extra}}, status=STATUS[error.code])


def told(error: FilesError) -> dict[str, Any]:
    """An error as JSON."""
    return {"code": error.code, "message": str(error.message), **error.extra}


def answer(body: dict[str, Any], *, status: int = 200, etag: str | None = None) -> HttpResponse:
    """A JSON answer."""
    made = HttpResponse(msgspec.json.encode(body), content_type="application/json", status=status)
    if etag is not None:
        made.headers["ETag"] = f'"{etag}"'
    return made


def body_of(request: HttpRequest, shape: type[Struct], limit: int) -> Struct:
    """The JSON body. Raises `ApiError`: `body_too_large`, `malformed_json`, `invalid` with the field."""
    data = read_body(request, limit)
    if _depth(data) > MAX_DEPTH:
        raise ApiError("malformed_json")
    try:
        return msgspec.json.decode(data or b"{}", type=shape)
    except msgspec.ValidationError as error:
        text, _at, path = str(error).partition(" - at `$.")
        field = path.rstrip("`") or re.sub(r".*`(\w+)`$", r"\1", text)
        raise ApiError("invalid", fields={field: text}) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError("malformed_json") from error


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The body's bytes, as many as are allowed. Raises `ApiError("body_too_large")`."""
    _check_length(request, limit)
    data = bytes(request.read(limit + 1))
    if len(data) > limit:
        raise ApiError("body_too_large", limit=limit)
    return data


@contextmanager
def body_file(request: HttpRequest, limit: int) -> Iterator[IO[bytes]]:
    """The same for large bodies, in a file that goes by itself. Raises `ApiError("body_too_large")`."""
    _check_length(request, limit)
    with tempfile.TemporaryFile() as file:
        while piece := request.read(PIECE_BYTES):
            file.write(piece)
            if file.tell() > limit:
                raise ApiError("body_too_large", limit=limit)
        file.seek(0)
        yield file


def _check_length(request: HttpRequest, limit: int) -> None:
    length = request.headers.get("Content-Length") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > limit:
        raise ApiError("body_too_large", limit=limit)


def _depth(data: bytes) -> int:
    """How deep a JSON text is nested; brackets in strings do not count."""
    depth = deepest = 0
    for found in re.finditer(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', data):
        first = data[found.start()]
        depth += (first in b"[{") - (first in b"]}")
        deepest = max(deepest, depth)
    return deepest


def number(request: HttpRequest, name: str, default: int | None, most: int = 2**31 - 1) -> int:
    """A number in the query string. Raises `ApiError("invalid")`; so does a missing one without default."""
    text = request.GET.get(name) or ("" if default is None else str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ApiError("invalid", fields={name: "a number"})
    return min(int(text), most)
