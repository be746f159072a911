"""What is known of files is kept in a dictionary: unit tests have no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from chat.context import engine, store
from chat.context.facts import Facts, packed, unpacked


class Kept:
    """In the place of the database's table."""

    def __init__(self) -> None:
        self.rows: dict[store.Key, bytes] = {}
        self.saved = 0

    def load(self, keys: Collection[store.Key]) -> dict[store.Key, Facts]:
        """Those that are there."""
        return {key: unpacked(self.rows[key]) for key in keys if key in self.rows}

    def save(self, known: Mapping[store.Key, Facts]) -> None:
        """Keeps them as bytes."""
        self.saved += len(known)
        self.rows |= {key: packed(value) for key, value in known.items()}

    def known(self, keys: Collection[store.Key]) -> set[store.Key]:
        """Which there are."""
        return self.rows.keys() & set(keys)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine changes no result."""
    monkeypatch.setattr(engine, "PATIENCE", 600)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """The table of the index, empty."""
    table = Kept()
    for name in ("load", "save", "known"):
        monkeypatch.setattr(store, name, getattr(table, name))
    return table
