"""Summarising before the answer: paid by the turn, told as a step, and never the reason that a turn fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from chat.context.compaction import Draft, Due
from chat.context.prompt import Prompt
from chat.events.types import ContextBuilt, Event, StepFinished, StepStarted, TextDelta
from chat.llm.base import Finish, Text
from chat.llm.errors import CODES, model_error
from chat.llm.named_window import NamedWindow
from chat.llm.scripted import Script, ScriptedProvider
from chat.turns.kit import Limits
from chat.turns.turn import Plan, Turn
from chat.turns.values import Answered, Called, Outcome, Step, Summarised
from tests.unit.turns.plans import plan_of, played

DRAFT = Draft([{"role": "user", "content": "résume"}], count=42, tokens=20, max_tokens=99, up_to=7, last=9)
BEFORE = Prompt([{"role": "user", "content": "tout"}], 9, dropped_messages=42, due=Due(42, 20))
AFTER = Prompt([{"role": "user", "content": "bref"}], 5, summarised_messages=42)


def plan(*scripts: Script, given: Sequence[Draft] = (DRAFT,), **changes: Any) -> Plan:
    """A plan whose first prompt is too long for its budget."""
    prompts = [BEFORE, AFTER]

    async def build() -> Prompt:
        return prompts.pop(0) if len(prompts) > 1 else prompts[0]

    async def drafts(prompt: Prompt) -> AsyncGenerator[Draft, None]:
        assert prompt is BEFORE
        for draft in given:
            yield draft

    return plan_of(*scripts, build=build, drafts=drafts, **changes)


def events(steps: list[Step]) -> list[Event]:
    return [step for step in steps if isinstance(step, Event)]


async def test_a_summary_goes_before_the_answer_and_is_paid_with_it() -> None:
    turn, steps = await played(plan(Script.text("- bleu\n"), Script.text("Bonjour")))
    assert events(steps) == [
        StepStarted(0, "summary", {"messages": 42}),
        StepFinished(0, "", None),
        ContextBuilt(5, [], 0, 0, 42),
        TextDelta("Bonjour"),
    ]
    calls = [step.call for step in steps if isinstance(step, Called)]
    assert [(call.purpose, call.request.messages) for call in calls] == [
        ("summary", DRAFT.messages),
        ("answer", AFTER.messages),
    ]
    assert (calls[0].request.max_tokens, list(calls[0].request.tools)) == (99, [])
    assert [step.call for step in steps if isinstance(step, Answered)] == calls
    made = next(step for step in steps if isinstance(step, Summarised))
    assert (made.draft, made.call, made.text, made.error) == (DRAFT, calls[0], "- bleu", None)
    # told as done only once it is handed over to be kept
    assert steps.index(made) < steps.index(StepFinished(0, "", None))
    outcome = steps[-1]
    assert isinstance(outcome, Outcome)
    assert outcome.status == "complete"
    metadata = await turn.account(outcome)
    assert (metadata["prompt_tokens"], metadata["completion_tokens"]) == (20, 10)
    assert calls[1].first_token is not None
    assert metadata["first_token_ms"] == round((calls[1].first_token - turn.began) * 1000)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        *((Script.of(model_error(code)), code) for code in sorted(CODES - {"stopped"})),
        (Script.of(Text("à moitié"), model_error("timeout_stall")), "timeout_stall"),
        (Script.text("x" * 1_000), "too_large"),
        (Script.text("trop", reason="length"), "length"),
        (Script.text(" \n"), "empty_answer"),
        (Script.of(RuntimeError("bug")), "stream_error"),
    ],
)
async def test_a_summary_that_fails_fails_nothing(script: Script, code: str) -> None:
    turn, steps = await played(plan(script, Script.text("Bonjour")))
    assert events(steps) == [
        StepStarted(0, "summary", {"messages": 42}),
        StepFinished(0, "", code),
        ContextBuilt(9, [], 0, 42, 0),
        TextDelta("Bonjour"),
    ]
    made = next(step for step in steps if isinstance(step, Summarised))
    assert (made.text, made.error) == ("", code)
    assert isinstance(steps[-1], Outcome)
    assert (steps[-1].status, steps[-1].error) == ("complete", None)
    assert (await turn.account(steps[-1]))["error"] is None


async def test_a_summary_has_a_time_limit_of_its_own() -> None:
    never = asyncio.Event()
    late = replace(DRAFT, seconds=0.01)
    _, steps = await played(plan(Script.of(Text("- b"), never), Script.text("Bonjour"), given=[late]))
    assert StepFinished(0, "", "timeout_total") in steps
    assert isinstance(steps[-1], Outcome)
    assert steps[-1].status == "complete"


async def test_several_requests_are_one_step_that_says_how_far_it_is() -> None:
    given = [replace(DRAFT, part=n, parts=3, total=90) for n in (1, 2, 3)]
    scripts = [Script.text(f"- {n}") for n in (1, 2, 3)]
    turn, steps = await played(plan(*scripts, Script.text("Bonjour"), given=given))
    told = [StepStarted(0, "summary", {"messages": 90, "part": n, "parts": 3}) for n in (1, 2, 3)]
    assert events(steps) == [*told, StepFinished(0, "", None), ContextBuilt(5, [], 0, 0, 42), TextDelta("Bonjour")]
    made = [step for step in steps if isinstance(step, Summarised)]
    assert [step.text for step in made] == ["- 1", "- 2", "- 3"]
    # each is kept before the next request leaves
    at = [steps.index(step) for step in made]
    asked = [number for number, step in enumerate(steps) if isinstance(step, Called)]
    assert asked[0] < at[0] < asked[1] < at[1] < asked[2] < at[2] < asked[3]
    assert (await turn.account(steps[-1]))["prompt_tokens"] == 40  # type: ignore[arg-type]


async def test_one_that_fails_ends_them_and_what_there_is_counts() -> None:
    given = [replace(DRAFT, part=n, parts=3) for n in (1, 2, 3)]
    scripts = [Script.text("- 1"), Script.of(model_error("quota")), Script.text("Bonjour")]
    _, steps = await played(plan(*scripts, given=given))
    assert [step.error for step in steps if isinstance(step, Summarised)] == [None, "quota"]
    assert ContextBuilt(5, [], 0, 0, 42) in steps
    assert StepFinished(0, "", "quota") in steps


@pytest.mark.parametrize("limits", [Limits(tokens=60), Limits(summary_seconds=12)])
async def test_they_leave_tokens_and_time_for_the_answer(limits: Limits) -> None:
    given = [replace(DRAFT, part=n, parts=9) for n in range(1, 10)]
    # fifteen tokens each, and a few ticks of the clock
    scripts = [Script.text(f"- {n}") for n in range(9)]
    turn, steps = await played(plan(*scripts, given=given, limits=limits))
    made = [step for step in steps if isinstance(step, Summarised)]
    assert 0 < len(made) < 5
    assert isinstance(steps[-1], Outcome)
    assert steps[-1].status == "complete"
    assert len(turn.calls) == 1


async def test_nothing_is_asked_where_there_is_nothing_to_ask() -> None:
    _, steps = await played(plan(Script.text("Bonjour"), given=()))
    assert events(steps) == [ContextBuilt(9, [], 0, 42, 0), TextDelta("Bonjour")]
    _, steps = await played(replace(plan(Script.text("Bonjour")), drafts=None))
    assert events(steps)[-1] == TextDelta("Bonjour")


async def test_stopping_while_it_is_made_closes_the_request() -> None:
    provider = ScriptedProvider([Script.of(Text("- bleu"), never := asyncio.Event(), Finish("stop", "stop"))])
    turn = Turn(plan(provider=provider))

    asked = asyncio.Event()

    async def run() -> None:
        async with aclosing(turn.run()) as steps:
            async for batch in steps:
                if any(isinstance(step, Called) for step in batch):
                    # the request leaves when this task is next resumed, which ends it in the middle
                    asyncio.get_running_loop().call_soon(asked.set)

    task = asyncio.create_task(run())
    async with asyncio.timeout(15):
        await asked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not never.is_set()
    assert (provider.open, provider.closed) == (0, 1)
    outcome = turn.outcome(model_error("stopped"))
    assert outcome.status == "stopped"
    metadata = await turn.account(outcome)
    assert (metadata["model"], metadata["first_token_ms"]) == ("scripted", None)
    assert turn.compacting.calls[0].account is not None
    assert turn.compacting.calls[0].account["finish_reason"] == "stopped"


async def test_a_prompt_that_is_still_too_long_is_shortened_once() -> None:
    async def shrink(tokens: int) -> Prompt:
        return Prompt([{"role": "user", "content": "court"}], 2, due=Due(9, 20))

    scripts = [Script.text("- bleu"), Script.of(model_error("context_length")), Script.text("Voilà")]
    turn, steps = await played(plan(*scripts, shrink=shrink))
    assert [call.purpose for call in (step.call for step in steps if isinstance(step, Called))] == [
        "summary",
        "answer",
        "answer",
    ]
    assert (await turn.account(steps[-1]))["prompt_tokens"] == 20  # type: ignore[arg-type]


async def test_a_window_that_is_named_as_a_summary_is_refused_is_that_of_the_answer() -> None:
    told: list[tuple[int, NamedWindow | None]] = []

    def refused(ours: int, named: NamedWindow | None) -> int | None:
        told.append((ours, named))
        return None

    error = model_error("context_length")
    error.window = NamedWindow(500, 900)
    _, steps = await played(plan(Script.of(error), Script.text("Voilà"), refused=refused))
    assert told == [(1, (500, 900))]
    asked = [step.request.messages for step in steps if isinstance(step, Called)]
    assert asked == [DRAFT.messages, AFTER.messages]
