"""A turn's proposals, dry-run together in memory: what each would do, or why it cannot be done.  Nothing is written.

They are tried in their order on a copy of the project that remembers what those before have done, so a file may be
renamed and then modified. One that is refused changes nothing there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from chat.actions.files import Files, Tried
from chat.actions.hunks import counts, hunks_of
from chat.actions.kinds import BUILT_IN, ActionType, Change, Refused
from chat.actions.policy import is_protected
from chat.actions.text import is_storable, text_of
from chat.actions.types import (
    ActionError,
    Bad,
    CreateFile,
    ModifyFile,
    OtherAction,
    Plan,
    PlannedAction,
    Proposal,
    RenameFile,
    digest_of,
    type_of,
)
from chat.actions.veil import Mask, plan_veiled
from chat.context.masking import Masked

Item = Proposal | Bad
Answer = TypeVar("Answer")
#: Gives a path its proper form; raises something with a `code` (`bad_path`, `path_conflict`) and perhaps a `reason`.
CheckPath = Callable[[str], str]
#: Raises likewise where an added path cannot stand beside those that are there.
CheckTogether = Callable[[Iterable[str], Iterable[str]], object]

MOST_SIMILAR = 3
MOST_PATH = 1_000
MOST_SHOWN = 200
REMOVING = frozenset({"delete_file"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What the host says about files."""

    check_path: CheckPath = str
    check_together: CheckTogether | None = None
    protected: Collection[str] = ()
    max_bytes: int = 2 * 1024 * 1024
    max_actions: int = 300
    types: Mapping[str, ActionType] = field(default_factory=lambda: BUILT_IN)
    #: Whether a file is kept from the model.
    is_kept: Callable[[str], bool] = lambda path: False
    #: A file's text as the model is shown it.
    mask: Mask = Masked


def plan(files: Mapping[str, bytes], items: Sequence[Item], rules: Rules = Rules()) -> Plan:
    """The plan of a turn's proposals, in the order of their positions."""
    ordered = sorted(items, key=lambda item: item.position)
    if isinstance(files, Files):
        files.fetch(path for item in ordered for path in (item.path, getattr(item, "to", item.path)))
    planner = _Planner(files, rules, ordered[: rules.max_actions])
    many = ActionError("too_large", {"reason": "actions", "limit": rules.max_actions})
    beyond = (_refused(item, _type_name(item), many, None) for item in ordered[rules.max_actions :])
    return Plan((*map(planner.action, ordered[: rules.max_actions]), *beyond))


class _Planner:
    def __init__(self, files: Mapping[str, bytes], rules: Rules, items: Sequence[Item]) -> None:
        self.rules = rules
        self.names_stand = self._names_stand(files, items)
        self.draft = Tried(files)
        # who has said something of a path already: the action's position and type
        self.said: dict[str, tuple[int, str]] = {}
        # where this turn moves a file that is kept from the model
        self.kept: set[str] = set()

    def action(self, item: Item) -> PlannedAction:
        """One proposal, tried on what the others have done."""
        if isinstance(item, Bad):
            return _refused(item, item.action_type, item.error, item.proposal)
        kind = type_of(item)
        try:
            checked = self._checked(item)
            self._alone(checked)
            change = self._change(checked)
            self._fits(checked, change)
        except Refused as refused:
            before = self.draft.get(item.path)
            base = None if before is None else digest_of(before)
            protected = is_protected(item.path, self.rules.protected) or self._is_kept(item.path)
            failed = _refused(item, kind, refused.error, item)
            return replace(failed, before=before, base=base, protected=protected)
        return self._planned(checked, change)

    def _names_stand(self, files: Mapping[str, bytes], items: Sequence[Item]) -> bool:
        """Whether all new names can stand beside everything: then none has to be looked at alone."""
        names = {getattr(item, "to", item.path) for item in items if isinstance(item, Proposal)}
        checked = [_asked(self.rules.check_path, name) for name in sorted(names) if len(name) <= MOST_PATH]
        added = [name for name in checked if isinstance(name, str) and name not in files]
        return not isinstance(self._beside(added, files), Refused)

    def _beside(self, added: list[str], there: Iterable[str]) -> object:
        """A refusal where names cannot stand beside those that are there."""
        check = self.rules.check_together
        return None if check is None else _asked(lambda path: check(added, there), added[0] if added else "")

    # What has to hold before

    def _checked(self, item: Proposal) -> Proposal:
        """The proposal with its paths in their proper form."""
        if not item.complete:
            raise Refused("incomplete")
        if not all(map(is_storable, _texts(item))):
            raise Refused("binary")
        if isinstance(item, RenameFile):
            return replace(item, path=self._path(item.path), to=self._path(item.to))
        return replace(item, path=self._path(item.path))

    def _path(self, path: str) -> str:
        if len(path) > MOST_PATH:
            raise Refused("bad_path", reason="long_path", path=path[:MOST_SHOWN])
        checked = _asked(self.rules.check_path, path)
        if isinstance(checked, Refused):
            raise checked
        return checked

    def _alone(self, item: Proposal) -> None:
        """Nothing else of this turn is about the same file, but for a rename and a change of what it moves."""
        mine = type_of(item)
        for path in _touched(item):
            position, theirs = self.said.get(path, (0, ""))
            if theirs and not _follows(theirs, mine):
                reason = "write_and_delete" if {theirs, mine} & REMOVING and theirs != mine else "twice"
                raise Refused("duplicate", reason=reason, other=position)
        self.said |= dict.fromkeys(_touched(item), (item.position, mine))

    def _change(self, item: Proposal) -> Change:
        kind = self.rules.types.get(type_of(item))
        if kind is None:
            raise Refused("unknown_tool", tool=type_of(item)[:100])
        if isinstance(item, ModifyFile) and item.edits and self._is_kept(item.path):
            # whatever it searches for: whether that is there would tell what the file holds
            raise Refused("no_match", reason="kept")
        writes = isinstance(item, CreateFile | ModifyFile)
        there = self.draft.get(item.path) if writes else None
        if there is not None and len(there) > self.rules.max_bytes:
            raise Refused("too_large", size=len(there), limit=self.rules.max_bytes)
        try:
            return plan_veiled(kind, item, self.draft, self.rules.mask) if writes else kind.plan(item, self.draft)
        except Refused as refused:
            if refused.error.code == "missing_file" and "similar" not in refused.error.values:
                raise Refused("missing_file", similar=similar(item.path, self.draft)) from refused
            raise

    # What has to hold after

    def _fits(self, item: Proposal, change: Change) -> None:
        if change.after is None:
            return
        target = change.to or item.path
        if target not in self.draft and not self.names_stand:
            others = (path for path in self.draft if path != item.path or change.to is None)
            if isinstance(refused := self._beside([target], others), Refused):
                raise refused
        if len(change.after) > self.rules.max_bytes and change.after != change.before:
            raise Refused("too_large", size=len(change.after), limit=self.rules.max_bytes)

    def _planned(self, item: Proposal, change: Change) -> PlannedAction:
        # of what is no text there are no lines to count, and none to choose from
        is_text = all(side is None or text_of(side) is not None for side in (change.before, change.after))
        hunks = hunks_of(change.before, change.after) if is_text else ()
        added, removed = counts(hunks)
        if change.error is None:
            if change.to is not None:
                self.draft.put(item.path, None)
                self.kept |= {change.to} if self._is_kept(item.path) else set()
            self.draft.put(change.to or item.path, change.after)
        return PlannedAction(
            position=item.position,
            action_type=type_of(item),
            path=item.path,
            to=change.to,
            base=None if change.before is None else digest_of(change.before),
            before=change.before,
            after=change.after,
            added=added,
            removed=removed,
            hunks=hunks,
            error=change.error,
            protected=self._is_protected(item, change),
            matched=change.matched,
            proposal=item,
        )

    def _is_protected(self, item: Proposal, change: Change) -> bool:
        kind = self.rules.types[type_of(item)]
        paths = [item.path, *([change.to] if change.to else [])]
        return kind.always_asks or any(
            is_protected(path, self.rules.protected) or self._is_kept(path) for path in paths
        )

    def _is_kept(self, path: str) -> bool:
        """Whether a file, as it is called now, is kept from the model."""
        return path in self.kept or self.rules.is_kept(path)


def _refused(item: Item, kind: str, error: ActionError, proposal: Proposal | None) -> PlannedAction:
    """What cannot be done, with what there is of it to read."""
    content = getattr(proposal, "content", None)
    readable = content.encode(errors="replace") if isinstance(content, str) else None
    to = proposal.to[:MOST_PATH] if isinstance(proposal, RenameFile) else None
    path = item.path[:MOST_PATH]
    return PlannedAction(item.position, kind, path, to, after=readable, error=error, proposal=proposal)


def _type_name(item: Item) -> str:
    return item.action_type if isinstance(item, Bad) else type_of(item)


def _asked(check: Callable[[str], Answer], path: str) -> Answer | Refused:
    """What the host says of a path, or its refusal; anything else that goes wrong is no refusal and goes on."""
    try:
        return check(path)
    except Exception as error:
        code = getattr(error, "code", None)
        if code not in ("bad_path", "path_conflict"):
            raise
        said = {name: str(value) for name, value in dict(getattr(error, "extra", {})).items() if value is not None}
        detail = str(getattr(error, "message", error))
        return Refused(code, **{"path": path[:MOST_SHOWN], **said, "detail": detail})


def _texts(item: Proposal) -> Iterator[str]:
    """All that a proposal would write."""
    if isinstance(item, OtherAction):
        yield from (value for value in item.data.values() if isinstance(value, str))
    elif content := getattr(item, "content", None):
        yield content
    if isinstance(item, ModifyFile):
        yield from (text for edit in item.edits for text in (edit.search, edit.replace))


def _touched(item: Proposal) -> list[str]:
    to: Any = getattr(item, "to", None)
    return [item.path, to] if isinstance(to, str) and to != item.path else [item.path]


def _follows(before: str, after: str) -> bool:
    """A file may be modified and renamed, in either order."""
    return before != after and {before, after} <= {"modify_file", "rename_file"}


def similar(path: str, paths: Iterable[str]) -> list[str]:
    """Paths that may have been meant: the same but for case; the same name elsewhere; the same but for its ending."""
    whole, name = path.casefold(), path.rpartition("/")[2].casefold()
    stem = name.partition(".")[0]
    ranked: list[tuple[int, int, str]] = []
    for other in paths:
        folded = other.casefold()
        last = folded.rpartition("/")[2]
        near = (folded == whole, last == name, last.partition(".")[0] == stem)
        if any(near):
            ranked.append((near.index(True), len(other), other))
    return [other for _, _, other in sorted(ranked)[:MOST_SIMILAR]]
