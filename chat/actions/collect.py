"""Numbers a turn's proposals, over all its model calls, and joins what belongs together.

One file has one proposal, so that a person reviews one difference:

- edits of one file, however many calls or blocks they come in, are joined; the same edit twice is one edit, and the
  same whole file twice is one file;
- within one answer, edits after a whole file are made on it, where they apply; anything else that is said twice of a
  file stays apart, and the plan refuses it;
- in a later call (the model has read what became of its proposal) a whole file takes the place of what was proposed for
  it, and edits are made on it;
- what failed (`failed`) gives its place to the next proposal for that file, with those of its edits that were good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from chat.actions.matching import MOST_EDITS, apply_edits
from chat.actions.types import ActionError, Bad, CreateFile, Done, Edit, ModifyFile, Proposal, type_of

WRITES = frozenset({"create_file", "modify_file"})
#: Errors about the path itself: their repair comes under another path.
WRONG_PATHS = frozenset({"missing_file", "bad_path", "path_conflict", "unknown_tool", "malformed"})
#: Edits of a file that the turn itself proposes are made while the answer is read, where other turns wait meanwhile: so
#: many at most, and fewer where the file is long, for each may look through all of it.
MOST_REFINING = 40
REFINED_CHARACTERS = 2_000_000

Item = Proposal | Bad


class Proposals:
    """The proposals of a turn.  Paths are compared as given: they are checked in the plan."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}
        self._next = 0
        self._by_path: dict[str, int] = {}
        # begun, and read to the end, in the answer at hand
        self._begun: dict[int, str] = {}
        self._read: set[int] = set()
        # refused, and not tried again yet
        self._failed: dict[int, ActionError] = {}
        # what was good of a position, where something bad has come since
        self._good: dict[int, Proposal] = {}
        # how many edits of the turn's own files were made in the answer at hand
        self._refined: Counter[int] = Counter()

    def items(self) -> list[Item]:
        """What is to be planned, by position."""
        return [self._items[position] for position in sorted(self._items)]

    def next_call(self) -> None:
        """Another request to the model begins."""
        self._begun.clear()
        self._read.clear()
        self._refined.clear()

    def failed(self, errors: Mapping[int, ActionError]) -> None:
        """What the plan refused: proposals to come take their places."""
        self._failed = dict(errors)

    def start(self, action_type: str, path: str) -> tuple[int, bool]:
        """The position of a proposal that begins, and whether it is the first of it in this answer."""
        position = self._known(action_type, path)
        if position is None:
            position, self._next = self._next, self._next + 1
        if path:
            self._by_path[path] = position
        anew = position not in self._begun
        self._begun[position] = action_type
        return position, anew

    def put(self, event: Done | Bad) -> Done | Bad:
        """Keeps a proposal; gives back what stands at its position now."""
        position = event.position
        item = self._beside(event) if position in self._read else self._after(event)
        self._read.add(position)
        self._items[position] = item
        return Done(position, item) if isinstance(item, Proposal) else item

    def _known(self, action_type: str, path: str) -> int | None:
        """The position whose file this is about, where the two can be one proposal."""
        position = self._by_path.get(path)
        if position is None:
            return self._mistaken()
        before = self._begun.get(position)
        if before is None:
            refined = action_type in WRITES and self._writes(position)
            return position if refined or position in self._failed else None
        return position if action_type == "modify_file" and before in WRITES else None

    def _writes(self, position: int) -> bool:
        return isinstance(self._items.get(position), CreateFile | ModifyFile)

    def _mistaken(self) -> int | None:
        """A failed proposal whose path was the mistake, and that nothing has replaced yet."""
        waiting = (at for at, error in self._failed.items() if error.code in WRONG_PATHS and at not in self._begun)
        return min(waiting, default=None)

    def _beside(self, event: Done | Bad) -> Item:
        """What comes in the same answer: edits are joined; with anything else none of it counts."""
        old = self._items[event.position]
        new = event.proposal if isinstance(event, Done) else event
        if isinstance(old, CreateFile) and old.complete:
            return self._on_whole(old, new)
        if isinstance(old, ModifyFile) and isinstance(new, ModifyFile) and old.edits and new.edits:
            return joined(old, new)
        kept = _edits(self._good.get(event.position))
        good = [edit for one in (old, new) for edit in _edits(one)]
        if good and len(kept) <= MOST_EDITS:
            self._good[event.position] = ModifyFile(old.path, once_each((*kept, *good)))
        if isinstance(old, Bad):
            return old
        if isinstance(new, Bad):
            return new
        return Bad(event.position, ActionError("duplicate"), type_of(new), new.path, new.call_id, new)

    def _on_whole(self, old: CreateFile, new: Item) -> Item:
        """What comes after a whole file in the same answer: edits of it.  Where they are none or do not apply, nothing
        of it counts, and the file stays to be read, and to be mended."""
        self._good[old.position] = old
        if isinstance(new, Bad):
            return replace(new, proposal=old)
        done = self._refined[old.position]
        made: Item = Bad(old.position, ActionError("duplicate"), type_of(new), new.path, new.call_id, old)
        if isinstance(new, ModifyFile) and new.edits and not new.complete:
            made = Bad(old.position, ActionError("incomplete"), type_of(new), new.path, new.call_id, old)
        elif isinstance(new, ModifyFile) and new.edits:
            made = _refined(old, new, done)
            self._refined[old.position] = done + len(new.edits)
        return replace(made, proposal=old) if isinstance(made, Bad) else made

    def _after(self, event: Done | Bad) -> Item:
        """What comes in a later answer, or first."""
        position = event.position
        error, good = self._failed.pop(position, None), self._good.pop(position, None)
        if isinstance(event, Bad):
            return event
        old, new = good or self._items.get(position), event.proposal
        if error is not None and not _content(old):
            return _repaired(old, new, error)
        refined = _refined(old, new)
        if isinstance(refined, Bad) and isinstance(old, Proposal):
            self._good[position] = old
        return refined


def _repaired(old: Item | None, new: Proposal, error: ActionError) -> Item:
    """A second try: edits of the first that were good stay."""
    if not (isinstance(old, ModifyFile) and isinstance(new, ModifyFile) and old.path == new.path):
        return new
    if not (old.edits and new.edits):
        return new
    wrong = error.values.get("wrong", () if error.code == "malformed" else range(1, len(old.edits) + 1))
    good = tuple(edit for number, edit in enumerate(old.edits, 1) if number not in wrong)
    return replace(new, edits=once_each((*good, *new.edits)))


def _refined(old: Item | None, new: Proposal, done: int = 0) -> Item:
    """What the model makes of its own proposal, after so many edits of it."""
    if not (isinstance(new, ModifyFile) and new.edits):
        return new
    if isinstance(old, ModifyFile) and old.edits:
        return joined(old, new)
    content = _content(old)
    if content is None or not (isinstance(old, CreateFile | ModifyFile) and old.complete and new.complete):
        return new
    limit = max(1, min(MOST_REFINING, REFINED_CHARACTERS // max(1, len(content))))
    many = ActionError("too_large", {"reason": "edits", "limit": limit})
    result = many if done + len(new.edits) > limit else apply_edits(content, new.edits)
    if isinstance(result, ActionError):
        return Bad(new.position, result, type_of(new), new.path, new.call_id, new)
    return replace(old, content=result.text)


def joined(old: ModifyFile, new: ModifyFile) -> ModifyFile:
    """Edits of one file in one proposal.  Of too many, which the plan refuses, no more are taken in: each is looked at
    again with every one that comes."""
    if len(old.edits) > MOST_EDITS:
        return replace(old, complete=old.complete and new.complete)
    edits = once_each((*old.edits, *new.edits))
    return replace(old, edits=edits, complete=old.complete and new.complete)


def _content(item: Item | None) -> str | None:
    return item.content if isinstance(item, CreateFile | ModifyFile) else None


def _edits(item: Item | None) -> tuple[Edit, ...]:
    return item.edits if isinstance(item, ModifyFile) else ()


def once_each(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The same edit twice is one edit."""
    return tuple(dict.fromkeys(edits))
