"""The search's HTTP API."""

from __future__ import annotations

from dataclasses import asdict

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from projects import search
from projects.errors import FilesError
from projects.http import Asked, Right, answer, answers, body_of, number, told
from projects.search import Query
from projects.streams import Pieces, streamed

MOST = 2_000
# One JSON value a line, as they come.
LINES = "application/x-ndjson"


class ReplaceBody(msgspec.Struct, frozen=True):
    """`POST …/replace`: the same as a search's query, and what to put in the place of each match."""

    q: str
    replacement: str
    regex: bool = False
    case: bool = False
    include: list[str] = []
    exclude: list[str] = []
    message: str = ""


def find(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    most = number(request, "limit", MOST, most=10_000) or MOST
    query = _query(request)
    search.compiled(query)
    if LINES in request.headers.get("Accept", ""):
        return streamed(request, _lines(asked, query, most), LINES)
    found = [asdict(file) for file in search.find(asked.project, query, most=most)]
    count = sum(len(file["matches"]) for file in found)
    return answer({"files": found, "count": count, "complete": count < most})


def _query(request: HttpRequest) -> Query:
    sent = request.GET
    return Query(
        sent.get("q", ""),
        regex=sent.get("regex") == "1",
        case=sent.get("case") == "1",
        include=tuple(sent.getlist("include")),
        exclude=tuple(sent.getlist("exclude")),
    )


def _lines(asked: Asked, query: Query, most: int) -> Pieces:
    """Each file when it is found, then how many there were; or what went wrong on the way."""
    count = files = 0
    try:
        for file in search.find(asked.project, query, most=most):
            count, files = count + len(file.matches), files + 1
            yield msgspec.json.encode(file) + b"\n"
    except FilesError as error:
        yield msgspec.json.encode({"error": told(error)}) + b"\n"
        return
    yield msgspec.json.encode({"count": count, "files": files, "complete": count < most}) + b"\n"


def replace(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, ReplaceBody, 100_000)
    query = Query(body.q, regex=body.regex, case=body.case, include=tuple(body.include), exclude=tuple(body.exclude))
    made = search.replace(asked.project, asked.user, query, body.replacement, message=body.message)
    files = made.changes.count() if made else 0
    return answer({"success": True, "revision": made.number if made else None, "files": files})


searches = answers({"GET": (Right.READ, find)})
replacements = answers({"POST": (Right.WRITE, replace)})
