"""Whether what a person has selected may be sent.  Pure.

The page sends along what is selected, so a person who only copies from a file would give it away: what its file is kept
back for holds for a part of it too.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import Literal

from chat.context.kinds import skipped_path

Reason = Literal["", "secret", "excluded", "ignored"]


def withheld(path: str, hidden: Collection[str], pinned: Collection[str], excluded: Collection[str]) -> Reason:
    """Why a selection in a file stays here; empty where it goes.  `hidden` are the files that the project ignores: who
    pins one gives it.  What keeps secrets is never given."""
    name = posixpath.normpath(path) if path else ""
    if skipped_path(name, 0) == "secret":
        return "secret"
    if name in excluded:
        return "excluded"
    return "ignored" if name in hidden and name not in pinned else ""
