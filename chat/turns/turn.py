"""A turn as a pure generator: context → model → (reading → model …) → proposals.  No database, no HTTP: values in,
values out.

`run` yields lists of `Event`s, and among them `Called` (a request is about to leave) and `Answered` (its account is
known).  It always ends with exactly one `Outcome`, whatever the model does; only cancellation ends it without one, and
then `Turn.outcome` makes one from what there was.  `Turn.account` says what it used and cost, `Turn.proposals` what it
proposes, cut proposals too.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from chat.actions.collect import Proposals
from chat.actions.types import Plan as ActionPlan
from chat.context.compaction import Draft
from chat.context.prompt import Prompt
from chat.events.types import ActionStarted, BasesShown, CallEnded, ContextBuilt, Event, TextDelta
from chat.llm.base import ModelRequest, Provider, ToolCall
from chat.llm.errors import ModelError, NotWhole, ToolsRefused
from chat.llm.named_window import NamedWindow
from chat.turns.call import Call, Estimate, Price, summed
from chat.turns.compacting import Compacting
from chat.turns.dialogue import Dialogue
from chat.turns.kit import Kit, Limits
from chat.turns.reader import Reader
from chat.turns.steps import Steps
from chat.turns.values import Answered, Called, Outcome, Step
from chat.turns.waits import Waits

#: Errors of a model that has no use for tools: the same is asked again by the text protocol.
NO_TOOLS = "tool_generation_failed"
#: Of a prompt that was too long so much is sent the second time.
SHRUNK = 0.4


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn is asked to do.  Without a kit the model can only talk."""

    model: str
    provider: Provider
    build: Callable[[], Awaitable[Prompt]]
    price: Price
    estimate: Estimate
    max_tokens: int | None = None
    max_characters: int = 2_000_000
    now: Callable[[], float] = time.monotonic
    kit: Kit | None = None
    #: The prompt again, for so many tokens: where a server says that it is too long.
    shrink: Callable[[int], Awaitable[Prompt]] | None = None
    #: Told of a prompt by our count, and the server's own count of it; false where it was cut without a word.
    learn: Callable[[int, int], bool] = lambda ours, theirs: True
    #: Told of a prompt that was too long by our count, and the window that the server named; how many tokens a prompt
    #: may have from now on, where that is known.
    refused: Callable[[int, NamedWindow | None], int | None] = lambda ours, named: None
    limits: Limits = field(default_factory=Limits)
    #: What the model is asked for summaries of the older messages that a prompt has no room for; `None`: it is not.
    drafts: Callable[[Prompt], AsyncGenerator[Draft, None]] | None = None


class Turn:
    """One run.  Its fields are what is known so far, so that a stopped turn can be told whole."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.began = plan.now()
        self.characters = 0
        self.prompt: Prompt | None = None
        self.calls: list[Call] = []
        self.compacting = Compacting(plan.provider, plan.model, plan.limits, plan.now)
        self.items = Proposals()
        self._size = 0
        self.repaired: Mapping[int, int] = {}
        self._reader: Reader | None = None
        self._waits = Waits()
        self._planned: ActionPlan | None = None
        self._shrunk = False
        self._prompt_cut = False
        #: What was read, and not yielded: of a turn that was cancelled there.
        self.left: list[Event] = []

    @property
    def is_flowing(self) -> bool:
        """Whether an answer is coming in right now."""
        call = self.calls[-1] if self.calls else None
        return call is not None and call.first_token is not None and call.finish is None

    async def run(self) -> AsyncGenerator[list[Step], None]:
        """The turn; see the module's docstring."""
        try:
            self.prompt = await self.plan.build()
            async with aclosing(self._summarise(self.prompt)) as summarising:
                async for steps in summarising:
                    yield steps
            yield [self._context(self.prompt)]
            async with aclosing(self._go(self.prompt)) as going:
                async for steps in going:
                    yield steps
            outcome = self._whole()
        except ModelError as error:
            outcome = self.outcome(error)
        yield [outcome]

    def outcome(self, error: ModelError) -> Outcome:
        """The outcome of a turn that an error ended: interrupted (or stopped) with text, failed without."""
        self._close()
        calls = self._tool_calls()
        if error.code == "stopped":
            return Outcome("stopped", finish_reason="stopped", tool_calls=calls)
        some = self.characters or self.items.items()
        return Outcome("interrupted" if some else "failed", error, error.code, calls)

    async def account(self, outcome: Outcome) -> dict[str, Any]:
        """The answer's metadata: what it used, cost and took, and how it ended."""
        calls = [*self.compacting.calls, *self.calls]
        for call in calls:
            call.end(outcome.error, stopped=outcome.status == "stopped")
        accounts = [await self._account(call) for call in calls]
        first = next((call.first_token for call in self.calls if call.first_token is not None), None)
        error = outcome.error
        return {
            "model": accounts[-1]["model"] if accounts else self.plan.model,
            **summed(accounts),
            "duration_ms": self._ms(self.plan.now()),
            "first_token_ms": self._ms(first),
            "finish_reason": outcome.finish_reason,
            "error": None if error is None else error.as_json(),
            "notice": "prompt_cut" if self._prompt_cut else None,
        }

    async def proposals(self) -> ActionPlan:
        """What the turn proposes, planned; what was cut in the middle is among it, and can't be applied."""
        self._close()
        if self._planned is None:
            items = self.items.items()
            self._planned = await self.plan.kit.plan(items) if self.plan.kit is not None and items else ActionPlan()
        return self._planned

    def _close(self) -> None:
        """Takes what was being written as it is: cut."""
        if self._reader is not None:
            self._reader.finish(cut=True)
            self._reader = self._planned = None

    @staticmethod
    def _context(prompt: Prompt) -> ContextBuilt:
        return ContextBuilt(
            tokens=prompt.tokens,
            files=prompt.files(),
            left_out=len(prompt.left_out),
            dropped_messages=prompt.dropped_messages,
            summarised_messages=prompt.summarised_messages,
        )

    async def _account(self, call: Call) -> dict[str, Any]:
        return await call.accounted(self.plan.price, self.plan.estimate)

    async def _summarise(self, prompt: Prompt) -> AsyncGenerator[list[Step], None]:
        """Has the model summarise what the prompt has no room for, and builds the prompt again with that."""
        if prompt.due is None or self.plan.drafts is None:
            return
        async with aclosing(self.compacting.run(self.plan.drafts(prompt), self._account)) as steps:
            async for batch in steps:
                yield batch
        if await self._refused_summaries() or self.compacting.made:
            self.prompt = await self.plan.build()

    async def _refused_summaries(self) -> bool:
        """Remembers what a server has said of its window as it refused to summarise; whether it has."""
        errors = [(call.request, call.error) for call in self.compacting.calls if call.error is not None]
        named = [(request, error.window) for request, error in errors if error.window is not None]
        for request, window in named:
            self.plan.refused((await self.plan.estimate(request.messages, "")).prompt_tokens or 0, window)
        return bool(named)

    async def _go(self, prompt: Prompt) -> AsyncGenerator[list[Step], None]:
        """Asks until the model has nothing more to do, or may do no more."""
        dialogue = Dialogue(prompt.messages, self.plan.kit)
        steps = Steps(self.plan.kit, self.plan.limits, self.items, self.compacting.spent)
        self.repaired = steps.repaired
        going = True
        while going:
            again = False
            try:
                async with aclosing(self._ask(dialogue)) as asking:
                    async for batch in asking:
                        yield batch
            except ModelError as error:
                shorter = await self._shorter(error, dialogue)
                if not shorter and not self._can_go_without(error, dialogue):
                    raise
                again = shorter or dialogue.use_text()
            call = self.calls[-1]
            self._learn(await self._account(call))
            yield [Answered(call)]
            if again:
                yield [self._context(self.prompt)] if self._shrunk and self.prompt is not None else []
                continue
            reader, self._reader = self._reader, None
            if reader is None or call.finish is None or call.cut_by is not None:
                return
            async with aclosing(steps.after(call, reader.read, dialogue)) as following:
                async for events in following:
                    yield [*events]
            if call.tool_calls or steps.mending:
                yield [CallEnded([(at, error.as_json()) for at, error in steps.mending.items()])]
            self._planned, going = steps.plan, steps.goes_on

    async def _ask(self, dialogue: Dialogue) -> AsyncGenerator[list[Step], None]:
        """One request and its answer."""
        plan = self.plan
        request = ModelRequest(plan.model, list(dialogue.messages), dialogue.tools, max_tokens=plan.max_tokens)
        call = Call(request, plan.now)
        self.calls.append(call)
        self.items.next_call()
        self._planned = None
        self._reader = reader = Reader(self.items, dialogue.types, native=dialogue.native)
        apart = "\n\n" if self.characters else ""
        yield [Called(call)]
        stream = plan.provider.stream(request, call.trace)
        try:
            async for parts in stream:
                self._size += call.take(parts)
                if waits := self._waits.see(parts):
                    yield [*waits]
                events = reader.feed(parts)
                apart = self._set_apart(events, apart)
                if events:
                    yield [*await self._based(events)]
                if self._size > plan.max_characters:
                    raise NotWhole("too_large", f"{self._size} > {plan.max_characters}")
        except ModelError as error:
            call.end(error)
            if waits := self._waits.end(error.code):
                yield [*waits]
            if error.code == "empty_answer" and len(self.calls) > 1:
                return
            raise
        finally:
            await stream.aclose()
        call.end()
        cut = call.finish is None or call.cut_by is not None
        if events := await self._based(reader.finish(cut=cut)):
            yield [*events]

    def _set_apart(self, events: list[Event], apart: str) -> str:
        """Puts what sets it apart before the next text, and counts; what is left of that."""
        for number, event in enumerate(events):
            if isinstance(event, TextDelta):
                events[number] = TextDelta(apart + event.text)
                self.characters += len(apart) + len(event.text)
                apart = ""
        return apart

    async def _based(self, events: list[Event]) -> list[Event]:
        """Events, and before those that begin proposals what their files are as the model sees them: a server that
        carries on for a dead one must not take later saves for what the model knew."""
        begun = {event.path: None for event in events if isinstance(event, ActionStarted) and event.path}
        if not begun or self.plan.kit is None:
            return events
        self.left = events
        bases = BasesShown(dict(await self.plan.kit.bases(begun)))
        self.left = []
        return [bases, *events]

    def _can_go_without(self, error: ModelError, dialogue: Dialogue) -> bool:
        """Whether the same can be asked again without tools: nothing has come yet, and the model takes none."""
        refused = isinstance(error, ToolsRefused) or error.code == NO_TOOLS
        return refused and bool(dialogue.tools) and self.calls[-1].first_token is None

    async def _shorter(self, error: ModelError, dialogue: Dialogue) -> bool:
        """Makes the prompt much shorter where the server says that it is too long; once, and before anything came."""
        if error.code != "context_length" or self.prompt is None or self.calls[-1].first_token is not None:
            return False
        before, beyond = len(self.prompt.messages), await self._beyond(self.prompt, dialogue)
        known = self.plan.refused(self.prompt.tokens + beyond, error.window)
        if self._shrunk or self.plan.shrink is None:
            return False
        self._shrunk = True
        blind = int(self.prompt.tokens * SHRUNK)
        # what was read since the prompt stays: where that alone is too much, there is nothing to measure by
        self.prompt = await self.plan.shrink(blind if known is None or known <= beyond else known - beyond)
        dialogue.rebase(before, self.prompt.messages)
        return True

    async def _beyond(self, prompt: Prompt, dialogue: Dialogue) -> int:
        """Our tokens of what has come behind the prompt: answers, and what tools have found."""
        later = dialogue.messages[len(prompt.messages) :]
        return (await self.plan.estimate(later, "")).prompt_tokens or 0 if later else 0

    def _learn(self, account: dict[str, Any]) -> None:
        """What the server counted, where it did: of the first request, which is the prompt alone."""
        theirs = account["prompt_tokens"]
        if self.prompt is not None and theirs is not None and not account["estimated"] and not account["error"]:
            asked = len(self.calls) == 1 or self._shrunk
            self._prompt_cut |= asked and not self.plan.learn(self.prompt.tokens, theirs)

    def _whole(self) -> Outcome:
        """The outcome of a turn whose last answer ended as it should."""
        call = self.calls[-1]
        raw = call.finish.raw if call.finish is not None else None
        calls = self._tool_calls()
        if call.cut_by is not None:
            cut = self.outcome(call.cut_by)
            return Outcome(cut.status, cut.error, raw, calls)
        if calls and not self.characters and not self._has_good():
            names = ", ".join(dict.fromkeys(call["name"] for call in calls))
            return Outcome("failed", NotWhole(self._why_nothing(call), names), raw, calls)
        return Outcome("complete", None, raw, calls)

    def _why_nothing(self, call: Call) -> str:
        """What was wrong with tool calls of which nothing came."""
        errors = {action.error.code for action in (self._planned or ActionPlan()).actions if action.error is not None}
        if "unknown_tool" in errors or self.plan.kit is None or not call.request.tools:
            return "unknown_tool"
        return "malformed" if errors else "empty_answer"

    def _has_good(self) -> bool:
        """Whether anything came of the tool calls: a proposal, however it fares."""
        return any(action.path for action in (self._planned or ActionPlan()).actions)

    def _tool_calls(self) -> list[dict[str, Any]]:
        return [_tool_call(call) for each in self.calls for call in each.tool_calls]

    def _ms(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self.began) * 1000)


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments, "malformed": call.malformed}
