"""How a model is asked: by tool calls or by the text protocol, and what it is shown of the files.

Whether a model does better by the text protocol its proposals of late say.  Nothing is tried out for it: where a model
has done both (a server refused tools for a while, a setting was changed), the better one is known.  A model moves to
text when that is clearly better, and back to tools when these are: what lies between leaves it where it is, so that it
does not go to and fro.  The setting `ACTION_FORMAT` goes before.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from chat.conf import settings
from chat.events.writer import UNAVAILABLE, readers
from chat.models import AIAction

#: What a setting says of a model where it leaves the choice to what is known.
AUTO = "auto"
#: What `CONTEXT_STYLE` may say: pieces of many lines to edit by blocks, or whole files and the names in many others.
FOCUS, DENSE = "focus", "dense"

logger = logging.getLogger(__name__)

DAYS = 90
#: The newest proposals of all models that are counted.
MOST_COUNTED = 2_000
#: Fewer proposals in a format say nothing of it.
ENOUGH = 20
#: The newest proposals of one model by one way: a model that has changed is not judged by what it was.
RECENT = 100
#: A format is left where less than this can be read …
GOOD = 0.85
#: … and the other one is better by this.
MUCH = 0.15
FRESH_SECONDS = 600.0
#: Tools that a server has refused, and that are known to work, are asked for again so often.
AGAIN_SECONDS = 3600.0
#: What a model got wrong in the form.  One that was cut says nothing of it.
UNREADABLE = frozenset({"malformed", "unknown_tool"})
CUT = "incomplete"


@dataclass(frozen=True, slots=True)
class Tally:
    """Proposals in one format, and those that could be read."""

    proposals: int = 0
    readable: int = 0

    @property
    def rate(self) -> float:
        """The share that could be read; 0 where there are none."""
        return self.readable / self.proposals if self.proposals else 0.0

    @property
    def is_enough(self) -> bool:
        """Whether it says something."""
        return self.proposals >= ENOUGH


@dataclass(frozen=True, slots=True)
class Formats:
    """One model's proposals of late by tool calls and by text; `last` is the way of the newest, `tools` or `text`."""

    tools: Tally = Tally()
    text: Tally = Tally()
    last: str = ""

    @property
    def by_text(self) -> bool:
        """Whether the model is to be asked by text although it takes tools."""
        if self.last == "text" and self.tools.is_enough and self.tools.rate < GOOD:
            return self.text.is_enough and not self.tools_are_better
        return self._is_better(self.text, self.tools)

    @property
    def tools_are_better(self) -> bool:
        """Whether tools are known to work, and text does badly."""
        return self._is_better(self.tools, self.text)

    @staticmethod
    def _is_better(one: Tally, other: Tally) -> bool:
        known = one.is_enough and other.is_enough
        return known and other.rate < GOOD and one.rate >= other.rate + MUCH


def format_set(*names: str) -> str:
    """What the site has set for a model, by any of its names: `tools`, `text`, or `auto`."""
    return _set(settings.ACTION_FORMAT, names, ("tools", "text"))


def style_of(*names: str, writes: bool) -> str:
    """What a model is shown of a project that does not fit: as the site has set it by any of the model's names.

    Where that is left open, the form of its answers decides: changes are edits by blocks, which need the lines; who may
    change nothing asks where things are.
    """
    fixed = _set(settings.CONTEXT_STYLE, names, (FOCUS, DENSE))
    if fixed != AUTO:
        return fixed
    return FOCUS if writes else DENSE


def _set(value: Any, names: Iterable[str], known: Collection[str]) -> str:
    """One of the known words for a model by any of its names, or `auto`."""
    if isinstance(value, dict):
        value = next((value[name] for name in (*names, "*") if name in value), AUTO)
    return value if value in known else AUTO


class Known:
    """What was counted last, for some minutes."""

    def __init__(self) -> None:
        self._found: Mapping[str, Formats] = {}
        self._until = 0.0
        self._tried: dict[str, float] = {}

    def may_try_tools(self, model: str) -> bool:
        """Whether a server that has refused tools is asked for them once more; see `tried_tools`."""
        return time.monotonic() >= self._tried.get(model, 0.0)

    def tried_tools(self, model: str) -> None:
        """They are asked for now: not again for a while."""
        if model in self._found:
            self._tried[model] = time.monotonic() + AGAIN_SECONDS

    async def of(self, model: str) -> Formats:
        """One model's; nothing while the database is away."""
        if time.monotonic() >= self._until:
            try:
                self._found = await readers.run(counted)
                self._until = time.monotonic() + FRESH_SECONDS
            except UNAVAILABLE:
                logger.warning("the formats of proposals can't be counted now")
        return self._found.get(model, Formats())

    def forget(self) -> None:
        """Counts anew next time."""
        self._until = 0.0
        self._tried.clear()


def counted() -> dict[str, Formats]:
    """Every model's, by the name it is asked for by, in one query."""
    by_tools = ExpressionWrapper(Q(message__actions__isnull=False), output_field=BooleanField())
    newest = AIAction.objects.filter(created_at__gte=timezone.now() - timedelta(days=DAYS)).order_by("-created_at")
    return summed(newest.annotate(by_tools=by_tools).values_list("message__trace__model", "by_tools", "error__code")[
        :MOST_COUNTED
    ])  # fmt: skip


def summed(rows: Iterable[tuple[str | None, bool, str | None]]) -> dict[str, Formats]:
    """Of model, whether it came by a tool call, and the code of its error, the newest first."""
    found: defaultdict[str, Formats] = defaultdict(Formats)
    for model, by_tools, code in rows:
        if model and code != CUT:
            found[model] = _with(found[model], "tools" if by_tools else "text", code not in UNREADABLE)
    return dict(found)


def _with(formats: Formats, name: str, is_readable: bool) -> Formats:
    """One more proposal, which is older than those before."""
    old: Tally = getattr(formats, name)
    if old.proposals >= RECENT:
        return formats
    new = Tally(old.proposals + 1, old.readable + is_readable)
    return replace(formats, last=formats.last or name, **{name: new})


known = Known()
