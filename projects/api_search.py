"""The search's HTTP API."""

from __future__ import annotations

from dataclasses import asdict

import msgspec
from django.http import HttpRequest, HttpResponse

from projects import search
from projects.http import Asked, Right, answer, answers, body_of, number
from projects.search import Query

MOST = 2_000


class ReplaceBody(msgspec.Struct, frozen=True):
    """`POST …/replace`: the same as a search's query, and what to put in the place of each match."""

    q: str
    replacement: str
    regex: bool = False
    case: bool = False
    include: list[str] = []
    exclude: list[str] = []
    message: str = ""


def find(request: HttpRequest, asked: Asked) -> HttpResponse:
    most = number(request, "limit", MOST, most=10_000) or MOST
    sent = request.GET
    query = Query(
        sent.get("q", ""),
        regex=sent.get("regex") == "1",
        case=sent.get("case") == "1",
        include=tuple(sent.getlist("include")),
        exclude=tuple(sent.getlist("exclude")),
    )
    found = [asdict(file) for file in search.find(asked.project, query, most=most)]
    count = sum(len(file["matches"]) for file in found)
    return answer({"files": found, "count": count, "complete": count < most})


def replace(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, ReplaceBody, 100_000)
    query = Query(body.q, regex=body.regex, case=body.case, include=tuple(body.include), exclude=tuple(body.exclude))
    made = search.replace(asked.project, asked.user, query, body.replacement, message=body.message)
    files = made.changes.count() if made else 0
    return answer({"success": True, "revision": made.number if made else None, "files": files})


searches = answers({"GET": (Right.READ, find)})
replacements = answers({"POST": (Right.WRITE, replace)})
