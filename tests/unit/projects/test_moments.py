"""Relative times on the pages (projects/templatetags/moments.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from projects.templatetags.moments import ago, left

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Far from the edges: what the clock does between here and there is no matter.
SOME = timedelta(seconds=25)


@pytest.mark.parametrize(("since", "french", "english"), [
    (timedelta(0), "à l'instant", "just now"),
    (SOME, "à l'instant", "just now"),
    (-HOUR, "à l'instant", "just now"),
    (MINUTE + SOME, "il y a 1 minute", "1 minute ago"),
    (5 * MINUTE + SOME, "il y a 5 minutes", "5 minutes ago"),
    (HOUR + 20 * MINUTE, "il y a 1 heure", "1 hour ago"),
    (3 * DAY + HOUR, "il y a 3 jours", "3 days ago"),
    (17 * DAY + HOUR, "il y a 2 semaines", "2 weeks ago"),
])  # fmt: skip
def test_how_long_ago(since: timedelta, french: str, english: str) -> None:
    moment = timezone.now() - since
    for language, wanted in (("fr", french), ("en", english)):
        with translation.override(language):
            assert ago(moment).replace("\xa0", " ") == wanted


@pytest.mark.parametrize(("until", "french", "english"), [
    (-DAY, "encore moins d'une minute", "less than a minute left"),
    (SOME, "encore moins d'une minute", "less than a minute left"),
    (2 * MINUTE + SOME, "encore 2 minutes", "2 minutes left"),
    (6 * DAY + 23 * HOUR, "encore 6 jours", "6 days left"),
])  # fmt: skip
def test_how_much_longer(until: timedelta, french: str, english: str) -> None:
    moment = timezone.now() + until
    for language, wanted in (("fr", french), ("en", english)):
        with translation.override(language):
            assert left(moment).replace("\xa0", " ") == wanted
