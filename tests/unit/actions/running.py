"""Runs a case of `docs/actions.md`: an answer is decoded and planned on some files, as a turn does it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from chat.actions.blocks import BlockDecoder
from chat.actions.collect import Proposals
from chat.actions.files import Files
from chat.actions.plan import Rules, plan
from chat.actions.tools import ToolDecoder
from chat.actions.types import ActionError, Asked, Decoded, Delta, Example, Plan, Started
from chat.context.kinds import SECRET
from chat.context.masking import mask
from chat.llm.base import ToolCallDelta
from projects import paths

#: What the cases keep from the model: what may hold secrets.
RULES = Rules(
    check_path=paths.parse,
    check_together=paths.check_together,
    max_bytes=10_000,
    is_kept=lambda path: SECRET.search(path.rpartition("/")[2]) is not None,
    mask=mask,
)


@dataclass(frozen=True)
class Case:
    """Files, an answer, and what comes of it.

    `text` or `calls` (name and arguments, as an object or as the text that came) is the answer; `cut`: it broke off.
    `gives`: files that change and their new bytes; `outcome`: `applied`, `example`, `nothing`, or an error's code,
    with its reason behind a slash.
    """

    outcome: str
    text: str = ""
    calls: Sequence[tuple[str, Any]] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    gives: Mapping[str, bytes | None] = field(default_factory=dict)
    cut: bool = False
    nearest: Sequence[tuple[int, str]] | None = None
    protected: bool = False
    added: int | None = None


@dataclass(frozen=True)
class Result:
    """What came of an answer."""

    decoded: list[Decoded]
    plan: Plan

    @property
    def outcome(self) -> str:
        error = next((action.error for action in self.plan.actions if action.error), None)
        error = error or next((one.error for one in self.decoded if isinstance(one, Asked) and one.error), None)
        if error:
            return named(error)
        if self.plan.actions:
            return "applied"
        return "example" if any(isinstance(one, Example) for one in self.decoded) else "nothing"

    def shown(self) -> dict[int, tuple[str, str, str]]:
        """What a person has seen growing, by position: type, path, text."""
        seen: dict[int, tuple[str, str, str]] = {}
        for one in self.decoded:
            if isinstance(one, Started):
                seen[one.position] = (one.action_type, one.path, "")
            elif isinstance(one, Delta):
                kind, path, text = seen[one.position]
                seen[one.position] = (kind, path, text + one.text)
        return seen


def named(error: ActionError) -> str:
    """Code and reason."""
    reason = error.values.get("reason")
    return f"{error.code}/{reason}" if reason else error.code


def pieces(text: str, cuts: Iterable[int] | int) -> list[str]:
    """The text cut at these places, or every so many characters."""
    edges = range(cuts, len(text), cuts) if isinstance(cuts, int) else sorted({cut for cut in cuts if cut < len(text)})
    at = [0, *edges, len(text)]
    return [text[a:b] for a, b in pairwise(at)]


def decode(case: Case, cuts: Iterable[int] | int = 1_000_000, proposals: Proposals | None = None) -> list[Decoded]:
    """What the answer says, when it comes in these pieces."""
    proposals = proposals or Proposals()
    blocks, tools = BlockDecoder(proposals), ToolDecoder(proposals)
    decoded: list[Decoded] = []
    for piece in pieces(case.text, cuts):
        decoded += blocks.feed(piece)
    for number, (name, arguments) in enumerate(case.calls):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        decoded += tools.feed(ToolCallDelta(number, f"call_{number}", name, ""))
        for piece in pieces(text, cuts):
            decoded += tools.feed(ToolCallDelta(number, f"call_{number}", name, piece))
    return decoded + blocks.finish(cut=case.cut) + tools.finish(cut=case.cut)


def run(case: Case, cuts: Iterable[int] | int = 1_000_000) -> Result:
    """Decodes and plans."""
    proposals = Proposals()
    decoded = decode(case, cuts, proposals)
    files = Files(case.files, lambda wanted: {path: case.files[path] for path in wanted})
    return Result(decoded, plan(files, proposals.items(), RULES))
