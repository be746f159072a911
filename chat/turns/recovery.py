"""What a turn whose server died had proposed: read again from its log, as if the turn had been stopped there."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from chat.actions.collect import Item, Proposals
from chat.actions.registry import action_types
from chat.actions.types import ActionError, PlannedAction
from chat.events.types import ActionStarted, BasesShown, CallEnded, CallHeard, Event, TextDelta
from chat.llm.base import Text, ToolCallDelta
from chat.models import AIMessage
from chat.turns.project_kit import ProjectKit
from chat.turns.reader import Reader

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Recovered:
    """The proposals, planned, and how often the model was asked to mend each."""

    actions: Sequence[PlannedAction] = ()
    repaired: Counter[int] = field(default_factory=Counter)


def recovered(answer: AIMessage, events: Iterable[Event]) -> Recovered:
    """The proposals of a log, on the project as the model was shown it: what was saved since is merged, or is a
    conflict, once they are applied.  None where they can't be planned."""
    log = list(events)
    items, repaired = items_of(log)
    if not items:
        return Recovered()
    conversation = answer.conversation
    kit = ProjectKit(answer, conversation, conversation.user, native=True, language="fr")
    try:
        with transaction.atomic():
            return Recovered(kit.plan_again(items, bases_of(log)).actions, repaired)
    except Exception:
        # it runs code of the host: what was written can be read all the same
        logger.exception("the proposals of the lost answer %s can't be planned", answer.pk)
        return Recovered()


def bases_of(events: Iterable[Event]) -> dict[str, str | None]:
    """The digests that the model was shown, by the paths as it writes them; the turn's look at the project is one, so
    the first of each is right."""
    found: dict[str, str | None] = {}
    for event in events:
        if isinstance(event, BasesShown):
            found = {**event.files, **found}
    return found


def items_of(events: Sequence[Event]) -> tuple[list[Item], Counter[int]]:
    """What the model had proposed, and the repairs, by position."""
    repaired: Counter[int] = Counter()
    if not any(isinstance(event, ActionStarted) for event in events):
        # nothing was begun, or nothing may be proposed
        return [], repaired
    native = any(isinstance(event, CallHeard) for event in events)
    proposals = Proposals()
    reader = Reader(proposals, action_types(), native=native)
    for event in events:
        match event:
            case TextDelta(text) if not native:
                reader.feed([Text(text)])
            case CallHeard(calls):
                reader.feed([ToolCallDelta(*call) for call in calls])
            case CallEnded(failed):
                reader.finish(cut=False)
                proposals.failed({at: ActionError.from_json(error) for at, error in failed})
                repaired.update(at for at, _ in failed)
                proposals.next_call()
                reader = Reader(proposals, action_types(), native=native)
    reader.finish(cut=True)
    return proposals.items(), repaired
