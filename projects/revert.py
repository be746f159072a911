"""Undoing one revision while the later ones stay: for each of its paths a merge of "as before it" into "as it is now".

    now is what the revision left ........... what was before it comes back
    now is what was before it ............... nothing to do
    changed since, both texts ............... 3-way merge (base: what the revision left)
    changed since, and no merge ............. `Conflict`: every such path with its texts, and nothing is written
    the person has settled it ............... what was before it comes back ("mine"), or all stays ("theirs")

A renamed file is followed: its later changes go back with it to its old name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.db import transaction

from projects import content, history, merge, tree
from projects.draft import Change, Delete, Put, Rename
from projects.errors import Conflict
from projects.files import commit, keep, lock
from projects.history import Difference
from projects.models import Project, Revision

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# So long may a text of a conflict be that is shown, and so much may all of them be together.
SHOWN_BYTES = 200_000
SHOWN_TOGETHER = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person decided for a file in conflict. `theirs` is what was seen: for another digest it does not count."""

    take: Literal["mine", "theirs"]
    theirs: str | None


@transaction.atomic
def revert(
    project: Project,
    author: User | None,
    number: int,
    *,
    message: str = "",
    settled: Mapping[str, Settled] | None = None,
) -> Revision | None:
    """Undoes a revision by a new one; `None` where nothing of it is left. Raises `Conflict`, `FilesError`."""
    lock(project)
    undone = history.changes_of(history.revision(project, number))
    names = {name for found in undone for name in (found.path, found.renamed_from) if name}
    there = dict(project.files.filter(path__in=names).values_list("path", "blob_id"))
    plan = Plan(there, _facts(undone, there.values()), settled or {})
    plan.undo(undone)
    if plan.conflicts:
        raise Conflict(plan.conflicts)
    return commit(project, author, plan.changes, origin=Revision.Origin.RESTORE, message=message)


def _facts(undone: Iterable[Difference], now: Iterable[str]) -> dict[str, tree.Facts]:
    digests = {digest for found in undone for digest in (found.before, found.after) if digest is not None}
    return tree.facts(digests | set(now))


@dataclass(slots=True)
class Plan:
    """What undoing takes: changes, or what is in their way. One file's texts are in memory at a time: a merged one is
    kept at once, in the transaction of it all."""

    there: Mapping[str, str]
    facts: Mapping[str, tree.Facts]
    settled: Mapping[str, Settled] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    conflicts: list[dict[str, object]] = field(default_factory=list)
    shown: int = 0

    def undo(self, undone: Iterable[Difference]) -> None:
        """Away first, then back: a path that was freed may be taken again."""
        by_path = {found.path: found for found in undone}
        for found in list(by_path.values()):
            source = by_path.get(found.renamed_from)
            if source is not None and self._undo_rename(found, source):
                del by_path[found.path], by_path[source.path]
        for found in by_path.values():
            self._undo_change(found)
        self.changes.sort(key=lambda change: not isinstance(change, Delete))

    def _undo_rename(self, found: Difference, source: Difference) -> bool:
        """Whether the file could go back under its old name, with what was changed in it since."""
        now = self.there.get(found.path)
        if now is None or source.path in self.there or source.before is None or found.before is not None:
            return False
        merged = self._merged(found.after, source.before, now)
        if merged is None:
            return False
        self.changes.append(Rename(found.path, source.path))
        if merged != now:
            self.changes.append(Put(source.path, merged))
        return True

    def _undo_change(self, found: Difference) -> None:
        now = self.there.get(found.path)
        if now == found.before:
            return
        if now == found.after:
            self.changes.append(_as_before(found))
            return
        merged = self._merged(found.after, found.before, now)
        decided = self.settled.get(found.path)
        if merged is None and decided is not None and decided.theirs == now:
            if decided.take == "mine":
                self.changes.append(_as_before(found))
        elif merged is None:
            self.conflicts.append(self._conflict(found, now))
        else:
            self.changes.append(Put(found.path, merged))

    def _merged(self, base: str | None, ours: str | None, theirs: str | None) -> str | None:
        """The digest of both changes in one; None for a conflict."""
        if base is None or ours is None or theirs is None:
            return None
        if ours in (theirs, base):
            return theirs
        if not all(self.facts[digest].editable for digest in (base, ours, theirs)):
            return None
        texts = tree.blobs((base, ours, theirs))
        made = merge.merged(texts[base], texts[ours], texts[theirs])
        if made is None:
            return None
        keep([made])
        return content.digest_of(made)

    def _conflict(self, found: Difference, now: str | None) -> dict[str, object]:
        texts = {"base": found.after, "mine": found.before, "theirs": now}
        return {"path": found.path} | {name: self._side(digest) for name, digest in texts.items()}

    def _side(self, digest: str | None) -> dict[str, object] | None:
        """One text of a conflict, for people to choose; no text where it is none, or too much to show."""
        if digest is None:
            return None
        size, encoding = self.facts[digest]
        text = None
        if encoding and size <= SHOWN_BYTES and self.shown + size <= SHOWN_TOGETHER:
            self.shown += size
            text = content.decode(tree.blobs([digest])[digest], encoding)
        return {"digest": digest, "size": size, "text": text}


def _as_before(found: Difference) -> Change:
    return Delete(found.path) if found.before is None else Put(found.path, found.before)
