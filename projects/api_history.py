"""The history's HTTP API: revisions, differences, going back."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from projects import history, merge, tree
from projects.history import Difference
from projects.http import ApiError, Asked, Right, answer, answers, body_of, number
from projects.models import Revision
from projects.purge import purge
from projects.revert import Settled, revert

PAGE = 50
# So much text is compared for one answer; the rest is listed, and compared when asked for by its path.
MAX_DIFF_BYTES = 4 * 1024 * 1024
MAX_DIFF_FILES = 200


class RestoreBody(msgspec.Struct, frozen=True):
    """`POST …/restore`: to a revision, all or one path; or a deleted path, without a number."""

    revision: int | None = None
    path: str | None = None
    message: str = ""


class RevertBody(msgspec.Struct, frozen=True):
    """`POST …/revisions/{number}/revert`; `settled` decides conflicts, by path."""

    message: str = ""
    settled: dict[str, Settled] = {}


class PurgeBody(msgspec.Struct, frozen=True):
    """`POST …/purge`: the first revision whose changes are kept."""

    before: int


def revision_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    most = number(request, "limit", PAGE, most=500) or PAGE
    before = number(request, "before", 0) or None
    found = list(history.revisions(asked.project, path=request.GET.get("path"), before=before)[: most + 1])
    page = found[:most]
    paths = history.paths_of(page)
    return answer({
        "revisions": [
            {**_revision(one), "change_count": one.change_count, "paths": paths.get(one.pk, [])}  # type: ignore[attr-defined]
            for one in page
        ],
        "next": page[-1].number if len(found) > most else None,
    })  # fmt: skip


def revision_get(request: HttpRequest, asked: Asked, revision: int) -> HttpResponse:
    found = history.revision(asked.project, revision)
    return answer({**_revision(found), "changes": [_difference(change) for change in history.changes_of(found)]})


def diff(request: HttpRequest, asked: Asked) -> HttpResponse:
    start, end = number(request, "from", None), number(request, "to", asked.project.head)
    before = {} if history.is_purged(asked.project, start) else history.state(asked.project, start)
    found = history.compare(before, history.state(asked.project, end))
    if path := request.GET.get("path"):
        found = [one for one in found if path in (one.path, one.renamed_from)]
    return answer({"from": start, "to": end, "changes": _compared(found)})


def restore(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, RestoreBody, 10_000)
    if body.revision is None and body.path is None:
        raise ApiError("invalid", fields={"revision": "a number"})
    if body.revision is None:
        made = history.undelete(asked.project, asked.user, body.path or "", message=body.message)
    else:
        made = history.restore(asked.project, asked.user, body.revision, path=body.path, message=body.message)
    return answer({"success": True, "revision": None if made is None else made.number})


def revert_one(request: HttpRequest, asked: Asked, revision: int) -> HttpResponse:
    body = body_of(request, RevertBody, 1_000_000)
    made = revert(asked.project, asked.user, revision, message=body.message, settled=body.settled)
    return answer({"success": True, "revision": None if made is None else made.number})


def purge_history(request: HttpRequest, asked: Asked) -> HttpResponse:
    body = body_of(request, PurgeBody, 10_000)
    purged = purge(asked.project, asked.user, before=body.before)
    told = {"revisions": purged.revisions, "contents": purged.contents, "bytes": purged.bytes}
    return answer({"success": True, **told})


def deleted(request: HttpRequest, asked: Asked) -> HttpResponse:
    found = history.deleted(asked.project)[: number(request, "limit", 500, most=5_000)]
    rows = [{"path": one.path, "revision": one.revision.number, "deleted_at": one.revision.created_at} for one in found]
    return answer({"deleted": rows})


def _revision(found: Revision) -> dict[str, Any]:
    return {
        "number": found.number,
        "author": found.author.get_username() if found.author else None,
        "origin": found.origin,
        "message": found.message,
        "created_at": found.created_at,
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "path": found.path,
        "before": found.before,
        "after": found.after,
        "renamed_from": found.renamed_from or None,
    }


def _compared(found: list[Difference]) -> list[dict[str, Any]]:
    """Each with its unified diff: null for what is no text, too different, or beyond what one answer compares."""
    shown = _shown(found[:MAX_DIFF_FILES])
    data: dict[str | None, bytes] = {None: b""}
    data.update(tree.blobs(digest for one in shown.values() for digest in _digests(one)).items())
    unified = {
        path: merge.unified(data[one.before], data[one.after], path)
        for path, one in shown.items()
        if {one.before, one.after} <= data.keys()  # not purged meanwhile
    }
    return [{**_difference(one), "unified": unified.get(one.path)} for one in found]


def _shown(found: list[Difference]) -> dict[str, Difference]:
    """By path those that are text and fit in one answer: nothing else is read."""
    facts = tree.facts(digest for one in found for digest in _digests(one))
    left, shown = MAX_DIFF_BYTES, {}
    for one in found:
        sides = [facts.get(digest, tree.NOTHING) for digest in _digests(one)]
        size = sum(side.size for side in sides)
        if all(side.encoding for side in sides) and size <= left:
            left -= size
            shown[one.path] = one
    return shown


def _digests(one: Difference) -> list[str]:
    return [digest for digest in (one.before, one.after) if digest is not None]


revisions = answers({"GET": (Right.READ, revision_list)})
one_revision = answers({"GET": (Right.READ, revision_get)})
differences = answers({"GET": (Right.READ, diff)})
deleted_files = answers({"GET": (Right.READ, deleted)})
restores = answers({"POST": (Right.WRITE, restore)})
reverts = answers({"POST": (Right.WRITE, revert_one)})
purges = answers({"POST": (Right.PURGE, purge_history)})
