"""One request to a model within a turn: what came of it, and its account.  No Django, no database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from chat.llm.base import CallTrace, Finish, ModelRequest, Part, Text, ToolCall, ToolCallDelta, Usage, Waiting
from chat.llm.errors import ModelError, NotWhole

Price = Callable[[str, Usage], Awaitable[str | None]]
Estimate = Callable[[Sequence[Any], str], Awaitable[Usage]]
#: What a finish reason says of an answer: the code that it is cut by, or nothing where it is whole.
CUT_BY: dict[str, str] = {"length": "length", "content_filter": "content_filter"}
COUNTS = ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")


class Call:
    """One request as it goes."""

    def __init__(self, request: ModelRequest, now: Callable[[], float], *, purpose: str = "answer") -> None:
        self.request = request
        #: `answer` or `summary`: what it is for, as `ModelCall` has it.
        self.purpose = purpose
        self.trace = CallTrace()
        self.began = now()
        self.ended: float | None = None
        self.first_token: float | None = None
        self.finish: Finish | None = None
        self.error: ModelError | None = None
        self.account: dict[str, Any] | None = None
        self._now = now
        self._stopped = False
        self._text: list[str] = []
        self._arguments: list[str] = []

    def take(self, parts: Sequence[Part]) -> int:
        """Notes parts; how many characters of text and of arguments they are."""
        size = 0
        for part in parts:
            if isinstance(part, Finish):
                self.finish = part
                continue
            if self.first_token is None:
                if isinstance(part, Waiting):
                    continue
                self.first_token = self._now()
            if isinstance(part, Text):
                self._text.append(part.text)
                size += len(part.text)
            elif isinstance(part, ToolCallDelta):
                self._arguments.append(part.arguments)
                size += len(part.arguments)
        return size

    @property
    def text(self) -> str:
        """What it said."""
        return "".join(self._text)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Its tool calls, once it has ended."""
        return self.finish.tool_calls if self.finish is not None else ()

    @property
    def cut_by(self) -> ModelError | None:
        """Why the answer is not whole, though the server ended it."""
        code = CUT_BY.get(self.finish.reason) if self.finish is not None else None
        return None if code is None else NotWhole(code)

    def end(self, error: ModelError | None = None, *, stopped: bool = False) -> None:
        """Nothing more comes of it."""
        if self.ended is None:
            self.ended, self.error, self._stopped = self._now(), error or self.cut_by, stopped

    async def accounted(self, price: Price, estimate: Estimate) -> dict[str, Any]:
        """What it used, cost and took, and how it ended; worked out once."""
        if self.account is None:
            self.end()
            usage = await self._usage(estimate)
            model = self.trace.model or self.request.model
            error = self.error
            self.account = {
                "model": model,
                **{name: getattr(usage, name) for name in COUNTS},
                "estimated": usage.estimated,
                "duration_ms": self._ms(self.ended),
                "first_token_ms": self._ms(self.first_token),
                "cost": await price(model, usage),
                "finish_reason": self._reason(),
                "error": None if error is None else error.as_json(),
            }
        return self.account

    def _reason(self) -> str | None:
        if self.finish is None and (self.error is not None or self._stopped):
            return "stopped" if self.error is None else self.error.code
        return self.finish.raw if self.finish is not None else None

    async def _usage(self, estimate: Estimate) -> Usage:
        """Tokens as the server counted them, or as we do where it did not and an answer came."""
        usage = (self.finish.usage if self.finish else None) or self.trace.usage or Usage()
        known = usage.prompt_tokens is not None and usage.completion_tokens is not None
        if known or self.first_token is None:
            return usage
        counted = await estimate(self.request.messages, self.text + "".join(self._arguments))
        return replace(
            usage,
            prompt_tokens=counted.prompt_tokens if usage.prompt_tokens is None else usage.prompt_tokens,
            completion_tokens=counted.completion_tokens if usage.completion_tokens is None else usage.completion_tokens,
            estimated=True,
        )

    def _ms(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self.began) * 1000)


def summed(accounts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several calls used and cost together.  A call that was refused used nothing; what is unknown of any other
    is unknown of all."""
    counted = [account for account in accounts if account["first_token_ms"] is not None] or list(accounts)
    found: dict[str, Any] = {name: _sum([account[name] for account in counted]) for name in COUNTS}
    found["estimated"] = any(account["estimated"] for account in counted)
    costs = [account["cost"] for account in counted]
    known = bool(costs) and all(cost is not None for cost in costs)
    found["cost"] = format(sum((Decimal(cost) for cost in costs), Decimal(0)), "f") if known else None
    return found


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
