"""Whether a model does better by the text protocol than by tool calls: what its proposals of late say.

Nothing is tried out for it: where a model has done both (a server refused tools for a while, a setting was changed),
the better one is known.  The setting `ACTION_FORMAT` goes before.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from chat.conf import settings
from chat.events.writer import UNAVAILABLE, readers
from chat.models import AIAction

#: What `ACTION_FORMAT` says of a model where it leaves the choice to what is known.
AUTO = "auto"

logger = logging.getLogger(__name__)

DAYS = 90
#: The newest proposals of all models that are counted.
MOST_COUNTED = 2_000
#: Fewer proposals in a format say nothing of it.
ENOUGH = 20
#: A format is left where less than this can be read …
GOOD = 0.85
#: … and the other one is better by this.
MUCH = 0.15
FRESH_SECONDS = 600.0
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
    """One model's proposals by tool calls and by text."""

    tools: Tally = Tally()
    text: Tally = Tally()

    @property
    def text_is_better(self) -> bool:
        """Whether the model is to be asked by text although it takes tools."""
        known = self.tools.is_enough and self.text.is_enough
        return known and self.tools.rate < GOOD and self.text.rate >= self.tools.rate + MUCH


def format_set(*names: str) -> str:
    """What the site has set for a model, by any of its names: `tools`, `text`, or `auto`."""
    formats = settings.ACTION_FORMAT
    if isinstance(formats, dict):
        formats = next((formats[name] for name in (*names, "*") if name in formats), AUTO)
    return formats if formats in {"tools", "text"} else AUTO


class Known:
    """What was counted last, for some minutes."""

    def __init__(self) -> None:
        self._found: Mapping[str, Formats] = {}
        self._until = 0.0

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


def counted() -> dict[str, Formats]:
    """Every model's, by the name it is asked for by, in one query."""
    by_tools = ExpressionWrapper(Q(message__actions__isnull=False), output_field=BooleanField())
    newest = AIAction.objects.filter(created_at__gte=timezone.now() - timedelta(days=DAYS)).order_by("-created_at")
    return summed(newest.annotate(by_tools=by_tools).values_list("message__trace__model", "by_tools", "error__code")[
        :MOST_COUNTED
    ])  # fmt: skip


def summed(rows: Iterable[tuple[str | None, bool, str | None]]) -> dict[str, Formats]:
    """Of model, whether it came by a tool call, and the code of its error."""
    found: defaultdict[str, Formats] = defaultdict(Formats)
    for model, by_tools, code in rows:
        if model and code != CUT:
            name = "tools" if by_tools else "text"
            old: Tally = getattr(found[model], name)
            new = Tally(old.proposals + 1, old.readable + (code not in UNREADABLE))
            found[model] = replace(found[model], **{name: new})
    return dict(found)


known = Known()
