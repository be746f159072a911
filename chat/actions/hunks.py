"""Two versions of a file as hunks, and what a person takes of them.  Bytes in, bytes out; only `\\n` ends a line."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chat.actions.differences import compared
from chat.actions.types import Hunk


def lines_of(data: bytes | None) -> list[bytes]:
    """The lines with their ends; no file has none."""
    parts = (data or b"").split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def hunks_of(before: bytes | None, after: bytes | None) -> tuple[Hunk, ...]:
    """Where the two differ, in order.  Replacing each `before` range by its `after` range gives `after`."""
    return compared(lines_of(before), lines_of(after))


def counts(hunks: Collection[Hunk]) -> tuple[int, int]:
    """Added and removed lines."""
    return sum(hunk[3] - hunk[2] for hunk in hunks), sum(hunk[1] - hunk[0] for hunk in hunks)


def accept_hunks(before: bytes | None, after: bytes | None, hunk_indices: Collection[int]) -> bytes:
    """The file with some of the hunks, by their numbers in `hunks_of`: all give `after`, none give `before`.

    Raises `IndexError` for a number that is none.
    """
    hunks = hunks_of(before, after)
    chosen = set(hunk_indices)
    if not chosen <= set(range(len(hunks))):
        raise IndexError(f"hunks {sorted(chosen)} of {len(hunks)}")
    old, new = lines_of(before), lines_of(after)
    pieces: list[bytes] = []
    at = 0
    for number, (a_from, a_to, b_from, b_to) in enumerate(hunks):
        pieces += old[at:a_from]
        pieces += new[b_from:b_to] if number in chosen else old[a_from:a_to]
        at = a_to
    pieces += old[at:]
    return _ended(pieces, b"\r\n" if any(line.endswith(b"\r\n") for line in old or new) else b"\n")


def _ended(lines: Sequence[bytes], end: bytes) -> bytes:
    """The lines in one: a line without an end that is not the last any more gets one."""
    return b"".join(
        line if line.endswith(b"\n") or at == len(lines) - 1 else line + end for at, line in enumerate(lines)
    )
