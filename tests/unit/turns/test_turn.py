"""A turn as a pure generator: whatever the model does, it ends with exactly one outcome."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from chat.context.prompt import Prompt, PromptPart
from chat.events.types import ContextBuilt, Event, ReasoningDelta, StepFinished, StepStarted, TextDelta
from chat.llm.base import Finish, FinishReason, Reasoning, Text, ToolCall, ToolCallDelta, Usage, Waiting
from chat.llm.errors import CODES, ModelError, model_error
from chat.llm.named_window import NamedWindow
from chat.llm.scripted import Script, ScriptedProvider
from chat.turns.turn import Turn
from chat.turns.values import Called, Outcome
from tests.unit.turns.plans import PROMPT, outcome_of, plan_of, played

STOP = Finish("stop", "stop", Usage(10, 5))


async def test_a_whole_answer() -> None:
    plan = plan_of(Script.text("Bon", "jour"))
    turn, steps = await played(plan)
    events = [step for step in steps if isinstance(step, Event)]
    assert events == [ContextBuilt(7, [], 0, 0), TextDelta("Bon"), TextDelta("jour")]
    assert steps[-1] == Outcome("complete", None, "stop")
    called = next(step for step in steps if isinstance(step, Called))
    assert (called.request.model, called.request.messages) == ("scripted", PROMPT.messages)
    metadata = await turn.account(steps[-1])
    assert (metadata["prompt_tokens"], metadata["completion_tokens"], metadata["estimated"]) == (10, 5, False)
    assert (metadata["finish_reason"], metadata["error"], metadata["cost"]) == ("stop", None, None)
    assert 0 < metadata["first_token_ms"] < metadata["duration_ms"]


async def test_the_context_is_told_in_short() -> None:
    async def build() -> Prompt:
        parts = [PromptPart("system", 5, "always"), PromptPart("file", 3, "open", "a.js")]
        return Prompt([], 8, parts, [PromptPart("file", 900, "project", "b.js")], 4)

    _, steps = await played(plan_of(Script.text("x"), build=build))
    assert steps[0] == ContextBuilt(8, [{"path": "a.js", "tokens": 3, "why": "open"}], 1, 4)


async def test_neighbours_in_one_batch_are_joined_in_order() -> None:
    batch = [Reasoning("h"), Reasoning("m"), Text("a"), Text("b"), Reasoning("?"), Text("c")]
    _, steps = await played(plan_of(Script.of(batch, STOP)))
    assert [step for step in steps[2:] if isinstance(step, Event)] == [
        ReasoningDelta("hm"),
        TextDelta("ab"),
        ReasoningDelta("?"),
        TextDelta("c"),
    ]


@pytest.mark.parametrize("code", sorted(CODES - {"stopped"}))
@pytest.mark.parametrize("text", ["", "un "])
async def test_an_error_keeps_the_text_and_its_code(code: str, text: str) -> None:
    begin = [Text(text)] if text else []
    outcome = await outcome_of(*begin, model_error(code, "why"))
    assert (outcome.status, outcome.finish_reason) == ("interrupted" if text else "failed", code)
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.detail) == (code, "why")


@pytest.mark.parametrize("text", ["", "un "])
async def test_stopped_is_no_error(text: str) -> None:
    turn = Turn(plan_of(Script.text("x")))
    turn.characters = len(text)
    outcome = turn.outcome(model_error("stopped"))
    assert (outcome.status, outcome.error, outcome.finish_reason) == ("stopped", None, "stopped")


@pytest.mark.parametrize(
    ("reason", "raw", "status", "code"),
    [
        ("stop", "stop", "complete", None),
        ("other", "eos", "complete", None),
        ("other", None, "complete", None),
        ("tool_calls", "stop", "complete", None),
        ("length", "max_tokens", "interrupted", "length"),
        ("content_filter", "content_filter", "interrupted", "content_filter"),
    ],
)
async def test_why_the_model_stopped(reason: FinishReason, raw: str, status: str, code: str | None) -> None:
    outcome = await outcome_of(Text("un"), Finish(reason, raw))
    assert (outcome.status, outcome.finish_reason) == (status, raw)
    assert (outcome.error.code if outcome.error else None) == code


async def test_cut_without_text_is_a_failure() -> None:
    outcome = await outcome_of(Finish("length", "length"))
    assert (outcome.status, outcome.error.code if outcome.error else None) == ("failed", "length")


async def test_reasoning_alone_is_no_text() -> None:
    outcome = await outcome_of(Reasoning("hm"), model_error("connection_cut"))
    assert outcome.status == "failed"


async def test_tool_calls_are_kept_as_made() -> None:
    call = ToolCall(0, "c1", "write_file", '{"a": 1')
    delta = ToolCallDelta(0, "c1", "write_file", '{"a": 1')
    alone = await outcome_of(delta, Finish("tool_calls", "tool_calls", None, (call,)))
    assert (alone.status, alone.error.code if alone.error else None) == ("failed", "unknown_tool")
    assert alone.tool_calls == [{"id": "c1", "name": "write_file", "arguments": '{"a": 1', "malformed": False}]
    with_text = await outcome_of(Text("un"), Finish("stop", "stop", None, (call,)))
    assert (with_text.status, with_text.tool_calls) == ("complete", alone.tool_calls)


async def test_a_ceiling_on_the_answer() -> None:
    gate = asyncio.Event()
    turn, steps = await played(plan_of(Script.of(Text("x" * 60), Text("x" * 60), gate, STOP), max_characters=100))
    assert isinstance(steps[-1], Outcome)
    assert (steps[-1].status, turn.characters) == ("interrupted", 120)
    assert steps[-1].error is not None
    assert steps[-1].error.code == "too_large"
    provider = turn.plan.provider
    assert isinstance(provider, ScriptedProvider)
    assert (provider.open, provider.closed) == (0, 1)


async def test_a_context_that_cannot_be_built() -> None:
    async def build() -> Prompt:
        raise ModelError.__subclasses__()[0](next(iter(ModelError.__subclasses__()[0].codes)))

    _, steps = await played(plan_of(Script.text("x"), build=build))
    assert len(steps) == 1
    assert isinstance(steps[0], Outcome)
    assert steps[0].status == "failed"


async def test_closing_the_turn_closes_the_models_stream() -> None:
    plan = plan_of(Script.of(Text("un "), asyncio.Event()))
    turn = Turn(plan)
    async with aclosing(turn.run()) as steps:
        async for batch in steps:
            if TextDelta("un ") in batch:
                break
    assert isinstance(plan.provider, ScriptedProvider)
    assert (plan.provider.open, plan.provider.closed) == (0, 1)


async def test_cancelling_the_turn_closes_the_models_stream() -> None:
    plan = plan_of(Script.of(asyncio.Event()))
    task = asyncio.ensure_future(played(plan))
    assert isinstance(plan.provider, ScriptedProvider)
    await asyncio.sleep(0)
    assert plan.provider.open == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (plan.provider.open, plan.provider.closed) == (0, 1)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, (1, 2, True)),
        (Usage(None, 9), (1, 9, True)),
        (Usage(9, None), (9, 2, True)),
        (Usage(8, 9), (8, 9, False)),
    ],
)
async def test_what_the_server_does_not_count_we_do(told: Usage | None, found: tuple[int, int, bool]) -> None:
    turn, steps = await played(plan_of(Script.of(Text("un"), Finish("stop", "stop", told))))
    assert isinstance(steps[-1], Outcome)
    metadata = await turn.account(steps[-1])
    assert (metadata["prompt_tokens"], metadata["completion_tokens"], metadata["estimated"]) == found


async def test_nothing_is_counted_where_nothing_came() -> None:
    turn, steps = await played(plan_of(Script.of(model_error("auth"))))
    assert isinstance(steps[-1], Outcome)
    metadata = await turn.account(steps[-1])
    assert (metadata["prompt_tokens"], metadata["completion_tokens"], metadata["estimated"]) == (None, None, False)
    assert metadata["error"] == {"code": "auth", "detail": ""}


async def test_the_price_is_that_of_the_model_that_answered() -> None:
    asked: list[Any] = []

    async def price(model: str, usage: Usage) -> str | None:
        asked.append((model, usage.prompt_tokens))
        return "0.5"

    turn, steps = await played(plan_of(Script.text("un"), price=price))
    assert isinstance(steps[-1], Outcome)
    turn.calls[0].trace.model, turn.calls[0].account = "other", None
    asked.clear()
    assert (await turn.account(steps[-1]))["cost"] == "0.5"
    assert asked == [("other", 10)]


async def test_a_wait_for_a_busy_server_is_shown_while_it_lasts() -> None:
    short, long = [Waiting("unavailable", 0.5)], [Waiting("rate_limit", 11.2)]
    turn, steps = await played(plan_of(Script.of(short, long, [Text("Bon")], STOP)))
    assert [step for step in steps[2:] if isinstance(step, Event)] == [
        StepStarted(-1, "wait", {"code": "rate_limit", "seconds": 12}),
        StepFinished(-1, ""),
        TextDelta("Bon"),
    ]
    metadata = await turn.account(steps[-1])
    assert metadata["first_token_ms"] is not None


async def test_a_wait_in_vain_is_over_too() -> None:
    error = model_error("rate_limit", "slow", retry_after=599.2)
    turn, steps = await played(plan_of(Script.of([Waiting("overloaded", 2.0)], [Waiting("rate_limit", 3)], error)))
    assert [step for step in steps[2:] if isinstance(step, Event)] == [
        StepStarted(-1, "wait", {"code": "overloaded", "seconds": 2}),
        StepFinished(-1, "", "rate_limit"),
        StepStarted(-2, "wait", {"code": "rate_limit", "seconds": 3}),
        StepFinished(-2, "", "rate_limit"),
    ]
    metadata = await turn.account(steps[-1])
    assert metadata["error"] == {"code": "rate_limit", "detail": "slow", "retry_after": 600}
    assert metadata["first_token_ms"] is None


def too_long(window: NamedWindow | None = None) -> Script:
    """A server that calls the prompt too long."""
    error = model_error("context_length")
    error.window = window
    return Script.of(error)


@pytest.mark.parametrize(("known", "asked"), [(None, 400), (900, 900)])
async def test_a_prompt_that_is_too_long_is_made_for_what_the_server_takes(known: int | None, asked: int) -> None:
    told: list[tuple[int, NamedWindow | None]] = []
    sizes: list[int] = []

    async def build() -> Prompt:
        return Prompt([{"role": "user", "content": "long"}], 1_000)

    async def shrink(tokens: int) -> Prompt:
        sizes.append(tokens)
        return Prompt([{"role": "user", "content": "court"}], 800)

    def refused(ours: int, named: NamedWindow | None) -> int | None:
        told.append((ours, named))
        return known

    scripts = [too_long(NamedWindow(950, 1_000)), too_long()]
    _, steps = await played(plan_of(*scripts, build=build, shrink=shrink, refused=refused))
    assert isinstance(steps[-1], Outcome)
    assert steps[-1].finish_reason == "context_length"
    assert sizes == [asked]
    # the second refusal ends the turn, and is remembered like the first
    assert told == [(1_000, (950, 1_000)), (800, None)]
