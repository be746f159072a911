"""What a person decides of a turn's proposals: apply, reject, take up again, undo.  Synchronous, each one transaction.

    lock the message → its actions as they are → hashes and states → lock the project → draft → commit → rows

Nothing is half done: the files, the revision and the rows are written together, or nothing is.  Deciding the same
twice, from two tabs or while another decides, is deciding once: the message's row is locked (on SQLite the transaction
is), and every row is updated from the state that was read, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.actions import rows
from chat.actions.steps import Change, Clash, Draft, Settled, Step, named
from chat.actions.text import text_of
from chat.actions.ways import Back, Choice, Wanted, Way
from chat.conf import settings
from chat.errors import ChatError
from chat.models import ActionContent, AIAction, AIMessage
from chat.workspace import ConversationNews, Workspace, WorkspaceError, tell_host

Status = AIAction.Status
Contents = dict[int, dict[str, bytes | None]]
#: What a conflict shows of a text; a longer one is to be read in the editor.
SHOWN_BYTES = 200_000
MAX_REASON = 2_000
#: Codes of a project's refusals that callers may know; any other is `invalid`.
REFUSALS = frozenset(
    {"bad_path", "path_conflict", "missing_file", "stale", "too_large", "too_many_files", "project_full"}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, in whose language the revision is named; `automatic`: by the conversation's mode."""

    user: Any
    message: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The revision that came of it, where files changed, and the actions as they are now."""

    revision: int | None
    actions: list[AIAction] = field(default_factory=list)


def apply(message: AIMessage, choices: Sequence[Choice], decision: Decision, *, whole: bool = False) -> Decided:
    """Applies actions of a message.  `whole`: they are the turn's, so that one that failed has to be dropped first.

    Raises `ChatError`: `stale`, `conflict` (with `conflicts`), `blocked`, `not_found`, or what the project refuses.
    """
    with transaction.atomic():
        actions = _locked(message, decision)
        chosen = [(_of(actions, choice.id), choice) for choice in choices]
        for action, choice in chosen:
            _check_choice(action, choice)
        pending = [(action, choice) for action, choice in chosen if action.status != Status.COMPLETED]
        if whole:
            _refuse_blocked(actions, {action.pk for action, _ in pending})
        pending.sort(key=lambda pair: pair[0].position)
        wanted = Wanted({action.pk: choice for action, choice in pending})
        return _carried_out(message, [action for action, _ in pending], wanted, decision, [a for a, _ in chosen])


def undo(
    message: AIMessage,
    ids: Iterable[int] | None,
    settled: Mapping[int, Settled],
    decision: Decision,
    *,
    seen: str | None = None,
) -> Decided:
    """Takes back what was applied, or the taking back of it; `ids` are the actions, all of the turn's without.

    Later edits of the same files stay.  `seen` is the status that the person saw: where it is another by now, somebody
    was faster, and doing it again would do the contrary; it is told as it is.  Raises `ChatError` as `apply`.
    """
    with transaction.atomic():
        actions = _locked(message, decision)
        chosen = [_of(actions, pk) for pk in ids] if ids is not None else _of_the_turn(actions.values())
        if not chosen or any(action.status not in {Status.COMPLETED, Status.UNDONE} for action in chosen):
            raise ChatError("stale")
        if len({action.status for action in chosen}) > 1:
            chosen = [action for action in chosen if action.status == Status.COMPLETED]
        back = chosen[0].status == Status.COMPLETED
        if seen is not None and chosen[0].status != seen:
            numbers = (action.revision if back else action.undone_by for action in chosen)
            return Decided(max((number or 0 for number in numbers), default=0) or None, chosen)
        ordered = sorted(chosen, key=lambda action: action.position, reverse=back)
        return _carried_out(message, ordered, Back(settled, back=back), decision, chosen)


def proposed(message: AIMessage) -> dict[str, str | None]:
    """The files as they would be with what is pending; what clashes or is no text is left out."""
    actions = list(AIAction.objects.filter(message=message, status=Status.PENDING).order_by("position"))
    contents = rows.contents_of(actions)
    actions = [action for action in actions if action.pk in contents]
    workspace: Workspace = settings.WORKSPACE(message.conversation.project)
    draft = Draft(workspace.read_files(_paths(actions)), workspace.merge)
    for action in actions:
        sides = contents[action.pk]
        draft.take(Change(action.path, sides["before"], sides["after"], action.to))
    moved = [path for path in _paths(actions) if draft.files.get(path) != draft.there.get(path)]
    texts = {path: text_of(draft.files.get(path)) for path in moved}
    return {path: text for path, text in texts.items() if text is not None or path not in draft.files}


def reject(
    message: AIMessage,
    ids: Iterable[int] | None,
    reason: str,
    decision: Decision,
    *,
    seen: Mapping[int, str] = MappingProxyType({}),
) -> Decided:
    """Drops proposals; the reason goes to the model with the next request.  Twice is once.

    `seen` are the hashes of what was shown, by action.  Raises `ChatError("stale")` where one is another now.
    """
    states = {Status.PENDING, Status.FAILED}
    return _marked(message, ids, states, Status.REJECTED, decision, reason=reason[:MAX_REASON], seen=seen)


def reopen(message: AIMessage, ids: Iterable[int] | None, decision: Decision) -> Decided:
    """Takes up again what was rejected or undone: it is pending, or failed, as it was."""
    return _marked(message, ids, {Status.REJECTED, Status.UNDONE}, Status.PENDING, decision)


# --- Rows and their states ------------------------------------------------------------------------------------------


def _locked(message: AIMessage, decision: Decision) -> dict[int, AIAction]:
    """A message's actions, for this transaction alone.  While its turn runs nobody decides but the turn itself."""
    found = AIMessage.objects.select_for_update(no_key=True).only("pk", "status").filter(pk=message.pk).first()
    if found is None:
        raise ChatError("not_found")
    if found.status == AIMessage.Status.STREAMING and not decision.automatic:
        raise ChatError("turn_in_progress", message_id=message.pk)
    if found.status != AIMessage.Status.STREAMING and decision.automatic:
        # another server has ended the turn: from now on people decide
        raise ChatError("stale")
    return {row.pk: row for row in AIAction.objects.filter(message_id=message.pk).order_by("position")}


def _of(actions: Mapping[int, AIAction], pk: int) -> AIAction:
    if pk not in actions:
        raise ChatError("not_found")
    return actions[pk]


def _check_choice(action: AIAction, choice: Choice) -> None:
    """Raises `ChatError("stale")` where what was shown is not what is there, or was decided otherwise meanwhile."""
    if choice.hash != action.hash or action.status in {Status.REJECTED, Status.UNDONE}:
        raise ChatError("stale", actions=[action.pk])
    if action.status == Status.FAILED and choice.content is None:
        raise ChatError("blocked", actions=[action.pk])
    if choice.content is not None and (action.to is not None or action.action_type == AIAction.Type.DELETE):
        raise ChatError("invalid", fields={"content": "this action has none"})
    if choice.hunks is not None and not all(0 <= hunk < len(action.hunks) for hunk in choice.hunks):
        raise ChatError("invalid", fields={"hunks": "no such hunk"})


def _refuse_blocked(actions: Mapping[int, AIAction], chosen: set[int]) -> None:
    """One bad action blocks the turn until the person drops it, or puts it right."""
    bad = [pk for pk, action in actions.items() if action.status == Status.FAILED and pk not in chosen]
    if bad:
        raise ChatError("blocked", actions=bad)


def _of_the_turn(actions: Iterable[AIAction]) -> list[AIAction]:
    """What an undo of the turn means: all that is applied; where nothing is, what was taken back last."""
    found = list(actions)
    applied = [action for action in found if action.status == Status.COMPLETED]
    if applied:
        return applied
    undone = [action for action in found if action.status == Status.UNDONE]
    last = max((action.undone_by or 0 for action in undone), default=0)
    return [action for action in undone if (action.undone_by or 0) == last]


def _marked(
    message: AIMessage,
    ids: Iterable[int] | None,
    states: set[Status],
    status: Status,
    decision: Decision,
    reason: str = "",
    seen: Mapping[int, str] = MappingProxyType({}),
) -> Decided:
    """Gives actions another state; no file changes."""
    with transaction.atomic():
        actions = _locked(message, decision)
        chosen = list(actions.values()) if ids is None else [_of(actions, pk) for pk in ids]
        if ids is not None and any(action.status not in {*states, status, Status.FAILED} for action in chosen):
            raise ChatError("stale", actions=[action.pk for action in chosen])
        if any(seen.get(action.pk, action.hash) != action.hash for action in chosen):
            raise ChatError("stale", actions=[action.pk for action in chosen])
        for action in [action for action in chosen if action.status in states]:
            failed = status == Status.PENDING and action.error is not None
            values = {"status": Status.FAILED if failed else status, "reason": reason}
            _update(action, decision, **values, revision=None, undone_by=None)
        tell(message, chosen, None)
    return Decided(None, chosen)


def _update(action: AIAction, decision: Decision, **values: Any) -> None:
    """Writes an action's new state over the one that was read.  Raises `ChatError("stale")` where that is no more."""
    values |= {"decided_by": decision.user, "decided_at": timezone.now(), "automatic": decision.automatic}
    held = AIAction.objects.filter(pk=action.pk, status=action.status, hash=action.hash)
    if not held.update(**values):
        raise ChatError("stale")
    for name, value in values.items():
        setattr(action, name, value)


# --- Carrying out ---------------------------------------------------------------------------------------------------


def _carried_out(
    message: AIMessage, actions: list[AIAction], way: Way, decision: Decision, told: list[AIAction]
) -> Decided:
    """Draft, commit, rows."""
    if not actions:
        return Decided(max((action.revision or 0 for action in told), default=0) or None, told)
    contents = rows.contents_of(actions)
    if len(contents) < len(actions):
        # a row that is older than what an action holds
        raise ChatError("stale", actions=[action.pk for action in actions if action.pk not in contents])
    workspace: Workspace = settings.WORKSPACE(message.conversation.project)
    workspace.lock()
    draft = Draft(workspace.read_files(_paths(actions)), workspace.merge)
    steps = _steps(actions, contents, way, draft)
    revision = _committed(workspace, draft, way.origin, decision)
    for action in actions:
        _update(action, decision, **way.values(action, revision, steps[action.pk]))
    _keep(steps)
    tell(message, actions, revision)
    return Decided(revision, told)


def _paths(actions: Iterable[AIAction]) -> list[str]:
    return sorted({path for action in actions for path in (action.path, action.to) if path})


def _steps(actions: Iterable[AIAction], contents: Contents, way: Way, draft: Draft) -> dict[int, Step]:
    """Works all actions out.  Raises `ChatError("conflict")` with everything that is in the way."""
    steps: dict[int, Step] = {}
    conflicts = []
    for action in actions:
        change = way.change(action, contents[action.pk])
        done = draft.take(change, way.settled(action, change))
        if isinstance(done, Clash):
            conflicts.append(conflict_json(action, done))
        else:
            steps[action.pk] = done
    if conflicts:
        raise ChatError("conflict", conflicts=conflicts)
    return steps


def _committed(workspace: Workspace, draft: Draft, origin: str, decision: Decision) -> int | None:
    changes = draft.changes()
    if not changes:
        return None
    try:
        return workspace.commit(changes, user=decision.user, base=draft.base(), origin=origin, message=decision.message)
    except WorkspaceError as error:
        raise refused(error) from error


def refused(error: WorkspaceError) -> ChatError:
    """What the project says no to, in its own words."""
    code = error.code if error.code in REFUSALS else "invalid"
    extra = {name: error.extra[name] for name in ("path", "limit") if error.extra.get(name) is not None}
    return ChatError(code, text=error.message, **extra)


def _keep(steps: Mapping[int, Step]) -> None:
    """Keeps what each action found and left: an undo starts from there."""
    kept = [
        ActionContent(action_id=pk, was=rows.packed(step.was), became=rows.packed(step.became))
        for pk, step in steps.items()
    ]
    ActionContent.objects.bulk_update(kept, ["was", "became"])


def tell(message: AIMessage, actions: Sequence[AIAction], revision: int | None) -> None:
    """Says to the host that proposals were made or decided on, once that is in the database."""
    told = [{"id": action.pk, "status": str(action.status)} for action in actions]
    place = message.conversation
    news = ConversationNews(place.project_id, place.pk, "proposals", message.pk, told, revision)
    transaction.on_commit(lambda: tell_host(news))


def conflict_json(action: AIAction, clash: Clash) -> dict[str, Any]:
    """A conflict, for a person to settle: the three sides."""
    sides = {"base": clash.base, "mine": clash.mine, "theirs": clash.theirs}
    shown = {name: side_json(data) for name, data in sides.items()}
    return {"id": action.pk, "path": clash.other or clash.path, **shown}


def side_json(data: bytes | None) -> dict[str, Any] | None:
    """One side of a conflict; no text where it is none or too long to show."""
    if data is None:
        return None
    text = text_of(data) if len(data) <= SHOWN_BYTES else None
    return {"digest": named(data), "size": len(data), "text": text}
