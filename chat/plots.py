"""Plots as numbers for a template: no script, no inline style, and the figures stand in a table beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True, slots=True)
class Segment:
    """A rectangle of one outcome."""

    outcome: str
    count: int
    x: float
    y: float
    width: float
    height: float


def bar(outcomes: Counter[str], order: Sequence[str], height: int = 16) -> list[Segment]:
    """One bar of the full width, divided by share."""
    total = sum(outcomes[name] for name in order)
    segments: list[Segment] = []
    x = 0.0
    for name in order:
        width = WIDTH * outcomes[name] / total if total else 0.0
        if width:
            segments.append(Segment(name, outcomes[name], round(x, 2), 0, round(width, 2), height))
        x += width
    return segments


@dataclass(frozen=True, slots=True)
class Column:
    """A day, with its rectangles from the bottom up."""

    day: date
    count: int
    segments: list[Segment]


def columns(days: Sequence[tuple[date, Counter[str]]], order: Sequence[str]) -> list[Column]:
    """One column for each day, the tallest of the full height."""
    most = max((sum(outcomes.values()) for _, outcomes in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    made = []
    for number, (day, outcomes) in enumerate(days):
        y = float(HEIGHT)
        segments = []
        for name in order:
            height = HEIGHT * outcomes[name] / most
            y -= height
            if height:
                x, width = round(number * step + step * 0.1, 2), round(step * 0.8, 2)
                segments.append(Segment(name, outcomes[name], x, round(y, 2), width, round(height, 2)))
        made.append(Column(day, sum(outcomes.values()), segments))
    return made
