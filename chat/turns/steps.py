"""What happens after an answer: reading for the model, trying its proposals, asking it to mend what failed.  No Django.

Every way on is counted, and none is gone twice: a call that is repeated, and a failure that is, end the turn.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence

from chat.actions.collect import Proposals
from chat.actions.reads import READ_TOOLS
from chat.actions.types import ActionError, Asked, PlannedAction
from chat.actions.types import Plan as ActionPlan
from chat.events.types import Event, StepFinished, StepStarted
from chat.llm.base import Usage
from chat.llm.errors import NotWhole
from chat.turns.call import Call
from chat.turns.dialogue import Dialogue
from chat.turns.kit import Kit, Limits, Reading
from chat.turns.reader import Read

REPAIR = "repair"
#: The same reading this often is a loop.
MOST_ALIKE = 3


class Steps:
    """The steps of one turn, which has taken so many tokens already.  `goes_on`: the model is to be asked again.
    `plan`: its proposals, as they stand."""

    def __init__(self, kit: Kit | None, limits: Limits, items: Proposals, tokens: int = 0) -> None:
        self.goes_on = False
        self.plan = ActionPlan()
        #: What the model is asked to mend, by position.
        self.mending: Mapping[int, ActionError] = {}
        self._kit = kit
        self._limits = limits
        self._items = items
        self._number = 0
        self._calls = 0
        self._tokens = tokens
        #: How often the model was asked again for a proposal, by position.
        self.repaired: Counter[int] = Counter()
        self._repairs = 0
        self._open_repair: int | None = None
        self._asked: Counter[str] = Counter()
        self._before: frozenset[str] = frozenset()
        self._failed_before: frozenset[tuple[str, str, str]] = frozenset()

    async def after(self, call: Call, read: Read, dialogue: Dialogue) -> AsyncGenerator[list[Event], None]:
        """Does what an answer asks for; yields the events of it.  Raises `NotWhole` where it leads nowhere."""
        self.goes_on = False
        self.mending = {}
        kit = self._kit
        if kit is None:
            return
        if read.proposed:
            self.plan = await kit.plan(self._items.items())
        if self._open_repair is not None:
            yield [self._repaired()]
        failed = self._failed(read.proposed)
        if not call.tool_calls and not failed:
            return
        self._count(call)
        results: dict[str, str] = {}
        for asked in read.asked:
            async for event, text in self._reading(kit, asked):
                yield [event]
                results[asked.call_id or ""] = text
        for events in self._onward(kit, call, dialogue, failed, results | self._proposed(kit, read)):
            yield events

    def _onward(
        self, kit: Kit, call: Call, dialogue: Dialogue, failed: Sequence[PlannedAction], results: Mapping[str, str]
    ) -> Iterator[list[Event]]:
        """Whether the model is asked again, and what it is told."""
        asked = any(made.name in READ_TOOLS for made in call.tool_calls)
        spent = bool(failed) and not self._may_repair(failed)
        if call.tool_calls and not dialogue.native:
            self.goes_on = not spent and not self._is_done(call)
            words = ["no_tools", "by_text"] if kit.types else ["no_tools"]  # a reader can have nothing changed
            said = " ".join(map(kit.say, words))
            dialogue.corrected(call, "\n\n".join((said, *self._corrections(kit, failed))))
        elif call.tool_calls:
            self.goes_on = not spent and (asked or not self._is_done(call))
            dialogue.answered(call, results)
        elif not spent:
            self.goes_on = True
            dialogue.corrected(call, "\n\n".join(self._corrections(kit, failed)))
        if failed and self.goes_on:
            yield [self._repair(failed)]
        if self._number >= self._limits.steps:
            dialogue.read_no_more()

    # Reading

    async def _reading(self, kit: Kit, asked: Asked) -> AsyncGenerator[tuple[Event, str], None]:
        key = f"{asked.tool} {json.dumps(dict(asked.arguments), sort_keys=True)}"
        self._asked[key] += 1
        if self._asked[key] >= MOST_ALIKE:
            raise NotWhole("repeating", asked.tool)
        self._number += 1
        number = self._number
        yield StepStarted(number, asked.tool, dict(asked.arguments)), ""
        if self._asked[key] > 1:
            found = Reading(kit.say("read_before"), "", "repeated")
        elif number > self._limits.steps:
            found = Reading(kit.say("no_more_steps"), "", "limit")
        elif asked.error is not None:
            found = Reading(kit.explain(asked.error), "", asked.error.code)
        else:
            found = await kit.read(asked)
        yield StepFinished(number, found.summary, found.error), found.text

    # Proposals

    def _failed(self, positions: Collection[int]) -> list[PlannedAction]:
        return [action for action in self.plan.actions if action.error is not None and action.position in positions]

    def _may_repair(self, failed: Sequence[PlannedAction]) -> bool:
        """Whether the model may try again.  Raises `NotWhole("repeating")` where it failed as it did before."""
        signs = frozenset(_sign(action) for action in failed)
        if signs & self._failed_before:
            raise NotWhole("repeating", ", ".join(sorted({action.path or action.action_type for action in failed})))
        self._failed_before = self._failed_before | signs
        if self._repairs >= self._limits.repairs:
            return False
        self._repairs += 1
        self.repaired.update(action.position for action in failed)
        self.mending = {action.position: action.error for action in failed if action.error is not None}
        self._items.failed(self.mending)
        return True

    def _proposed(self, kit: Kit, read: Read) -> dict[str, str]:
        """What each call that proposed something is told."""
        by_position = {action.position: action for action in self.plan.actions}
        results = {}
        for call_id, position in read.positions.items():
            action = by_position.get(position)
            if action is None or action.error is None:
                results[call_id] = kit.say("proposed")
            else:
                results[call_id] = kit.refusal(action)
        return results

    @staticmethod
    def _corrections(kit: Kit, failed: Sequence[PlannedAction]) -> list[str]:
        """What is said of blocks that failed."""
        lines = [f"{action.path} : {kit.refusal(action)}" for action in failed]
        return [kit.say("correct"), *lines] if lines else []

    def _repair(self, failed: Sequence[PlannedAction]) -> Event:
        """A try to mend what failed begins."""
        self._number += 1
        self._open_repair = self._number
        paths = [action.path for action in failed]
        codes = [action.error.code for action in failed if action.error]
        arguments = {"path": ", ".join(dict.fromkeys(paths)), "codes": list(dict.fromkeys(codes))}
        return StepStarted(self._number, REPAIR, arguments)

    def _repaired(self) -> Event:
        """How the try went."""
        number, self._open_repair = self._open_repair or 0, None
        code = next((action.error.code for action in self.plan.actions if action.error is not None), None)
        return StepFinished(number, "", code)

    # Limits

    def _is_done(self, call: Call) -> bool:
        """Whether a model that only repeats its last calls has nothing more to do."""
        made = frozenset(f"{one.name} {one.arguments}" for one in call.tool_calls)
        before, self._before = self._before, made
        return made == before

    def _count(self, call: Call) -> None:
        """Raises `NotWhole` beyond the limits."""
        usage = (call.finish.usage if call.finish is not None else None) or call.trace.usage or Usage()
        account = call.account or {}
        for name in ("prompt_tokens", "completion_tokens"):
            self._tokens += getattr(usage, name) or account.get(name) or 0
        self._calls += 1
        if self._calls >= self._limits.calls or self._tokens >= self._limits.tokens:
            raise NotWhole("too_many_steps", f"{self._calls}, {self._tokens}")


def _sign(action: PlannedAction) -> tuple[str, str, str]:
    """What makes a failure the same as another: the same proposal, refused alike."""
    proposal = action.proposal
    said = repr((getattr(proposal, "edits", None), getattr(proposal, "content", None), getattr(proposal, "to", None)))
    return action.path or action.action_type, action.error.code if action.error else "", said
