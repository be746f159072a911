"""Who runs a turn, and what becomes of it when he is gone.

A running answer carries a lease: its owner and until when he is believed alive.  The owner renews it; when it
has run out, any server ends the answer as `interrupted`, its text kept.  A server that starts on the same machine need
not wait: it can see that an owner's process is no more.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat.actions import rows as action_rows
from chat.actions.review import tell
from chat.actions.types import ActionError, PlannedAction
from chat.conf import settings
from chat.events import types
from chat.events.log import write_events
from chat.events.state import Fold, fold
from chat.events.writer import UNAVAILABLE
from chat.models import AIAction, AIMessage, ModelCall
from chat.texts import Explain
from chat.turns.finish import fill_answer
from chat.turns.recovery import Recovered, recovered

logger = logging.getLogger(__name__)

CODE = "server_restarted"
#: A reader may have seen more than the dead server saved: the end is numbered beyond all that, so that he gets it.
BEYOND_SHOWN = 10_000_000
Status = AIMessage.Status


def started_ticks(pid: int) -> str:
    """When a process of this machine started, in clock ticks since boot; empty where it is not there (proc(5))."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def this_place() -> str:
    """Where process ids mean the same: the host, its boot and its PID namespace.  Empty where that can't be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()}/{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def new_owner() -> str:
    """The name under which this process holds leases."""
    return f"{this_place()}|{os.getpid()}|{started_ticks(os.getpid())}"


def is_dead(owner: str) -> bool:
    """Whether an owner is known to be gone.  False where it can't be known: then the lease decides."""
    place, _, rest = owner.partition("|")
    pid, _, ticks = rest.partition("|")
    if not ticks or not place or place != this_place() or not pid.isdigit():
        return False
    return started_ticks(int(pid)) != ticks


def renew(owner: str, message_ids: Collection[int]) -> set[int]:
    """Renews the leases of running turns; the ids of those that are no longer ours: deleted, or ended by others."""
    held = AIMessage.objects.filter(pk__in=message_ids, lease_owner=owner, status=Status.STREAMING)
    held.update(lease_until=timezone.now() + timedelta(seconds=settings.LEASE_SECONDS))
    return set(message_ids) - set(held.values_list("pk", flat=True))


def stops(owner: str) -> set[int]:
    """The turns of an owner that somebody on another server wants stopped."""
    wanted = AIMessage.objects.filter(status=Status.STREAMING, lease_owner=owner, stop_requested=True)
    return set(wanted.values_list("pk", flat=True))


def recover(explain: Explain, *, conversation_id: int | None = None, alive: Collection[int] = ()) -> list[int]:
    """Ends the answers whose server is gone; their ids.  `alive` are those that surely run, whatever their lease."""
    running = AIMessage.objects.filter(status=Status.STREAMING).exclude(pk__in=alive)
    if conversation_id is not None:
        running = running.filter(conversation_id=conversation_id)
    owners = {owner for owner in running.values_list("lease_owner", flat=True).distinct() if is_dead(owner)}
    lost = running.filter(Q(lease_until__lt=timezone.now()) | Q(lease_until=None) | Q(lease_owner__in=owners))
    return [pk for pk in lost.order_by("pk").values_list("pk", flat=True) if _surely_end(pk, explain)]


def end_unstarted(message_id: int, explain: Explain) -> None:
    """Ends an answer whose turn could not be started."""
    AIMessage.objects.filter(pk=message_id, status=Status.STREAMING).update(lease_until=None)
    _surely_end(message_id, explain, "stream_error")


def _surely_end(message_id: int, explain: Explain, code: str = CODE) -> bool:
    """Ends one answer; one whose log or proposals can't be read is ended without its proposals, and one that can't be
    ended at all keeps no other from it."""
    for bare in (False, True):
        try:
            return end_lost(message_id, explain, code, bare=bare)
        except UNAVAILABLE:
            raise
        except Exception:
            logger.exception("the lost answer %s can't be ended%s", message_id, " at all" if bare else " as it should")
    return False


def end_lost(message_id: int, explain: Explain, code: str = CODE, *, bare: bool = False) -> bool:
    """Ends one answer from its log; false where somebody else did meanwhile.  `bare`: with what can be read of it, and
    without proposals that were not told."""
    with transaction.atomic():
        answer = AIMessage.objects.select_for_update().filter(pk=message_id, status=Status.STREAMING).first()
        if answer is None or not _still_lost(answer):
            return False
        log = _log_of(answer, bare=bare)
        error = {"code": code, "detail": "", "message": explain(code, "", received=bool(log.text))}
        metadata = lost_metadata(log.model, error)
        told = [] if bare else proposals_left(answer, log)
        end = (types.TurnInterrupted if log.text or told else types.TurnFailed)(metadata)
        events = list(enumerate([*told, end], log.seq + BEYOND_SHOWN))
        write_events([(answer.pk, events)])
        for seq, event in events:
            log.add(seq, event)
        if told:
            tell(answer, list(answer.file_actions.all()), None)
        fill_answer(answer, log.state())
        answer.save()
        ModelCall.objects.filter(message=answer, duration_ms=None).update(error=error)
    return True


def _log_of(answer: AIMessage, *, bare: bool) -> Fold:
    """The answer's log; `bare`: without the events that can't be folded."""
    if not bare:
        return fold(_events_of(answer))
    log = Fold()
    for seq, event in _events_of(answer):
        # what is wrong with an event that breaks the fold can't be foreseen
        with suppress(Exception):
            log.add(seq, event)
    return log


def _events_of(answer: AIMessage) -> Iterator[tuple[int, types.Event]]:
    return types.readable(answer.events.order_by("seq").values_list("seq", "type", "data"))


def proposals_left(answer: AIMessage, log: Fold) -> list[types.Event]:
    """The events of proposals that a dead server had not told yet: those that it had written as rows, those of which
    the log has all, and what it was still writing, which is kept to read and can't be applied."""
    are_written = not log.writing or answer.file_actions.exists()
    found = Recovered() if are_written else recovered(answer, (event for _, event in _events_of(answer)))
    planned = {action.position for action in found.actions}
    half = [_half(log, position) for position in sorted(log.writing.keys() - planned)]
    written = action_rows.insert(answer.pk, [*found.actions, *half], found.repaired)
    known = [row for row in AIAction.objects.filter(message_id=answer.pk) if row not in written]
    untold = [row for row in (*written, *known) if log.actions.get(row.position, {}).get("id") != row.pk]
    return [
        types.ActionProposed(row.position, action_rows.shown(row))
        for row in sorted(untold, key=lambda row: row.position)
    ]


def _half(log: Fold, position: int) -> PlannedAction:
    """A proposal of which only what was shown is known."""
    action = log.actions[position]
    text = "".join(log.writing[position]).encode(errors="replace")
    error = ActionError("incomplete")
    return PlannedAction(position, str(action["action_type"]), str(action["path"]), after=text, error=error)


def _still_lost(answer: AIMessage) -> bool:
    return answer.lease_until is None or answer.lease_until < timezone.now() or is_dead(answer.lease_owner)


def lost_metadata(model: str | None, error: dict[str, str]) -> dict[str, object]:
    """Metadata of an answer whose server died: what it used and cost is unknown."""
    unknown = (
        "prompt_tokens",
        "completion_tokens",
        "cached_tokens",
        "reasoning_tokens",
        "duration_ms",
        "first_token_ms",
        "cost",
    )
    return {
        "model": model,
        **dict.fromkeys(unknown),
        "estimated": False,
        "finish_reason": error["code"],
        "error": error,
    }
