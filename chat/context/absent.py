"""What a person points at and the model is not given, and why.  Pure.

A file that is named, pinned or open is expected to be there: an answer that was made without it must say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from chat.context import mentions
from chat.context.kinds import skipped_path
from chat.context.select import LeftOut

#: So many of the files that a request names are told; a folder may have thousands.
MOST_NAMED = 12
#: Bytes to about one token, of what nobody reads to count.
TOKEN_BYTES = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """Why files stay here: `sizes` of all that there are, by path; those that rules hide, or the person; those that are
    no text."""

    sizes: Mapping[str, int]
    hidden: Collection[str]
    excluded: Collection[str]
    binary: Collection[str]

    def pointed(self, request: str, open_file: str, pinned: Collection[str]) -> dict[str, str]:
        """path → why, of what a person points at, whether there is such a file or not."""
        said, there = mentions.read(request), self.sizes
        whys = dict.fromkeys([*sorted(said.paths(there)), *said.missing(there)], "mentioned")
        whys |= dict.fromkeys(sorted(path for path in self.excluded if path in there), "excluded")
        if open_file in there:
            whys[open_file] = "open"
        return whys | dict.fromkeys(pinned, "pinned")

    def absent(self, pointed: Mapping[str, str], told: Collection[str]) -> Iterator[LeftOut]:
        """Of what is pointed at (path → why), what is not told of yet, and why it is not there."""
        named = 0
        for path, why in pointed.items():
            named += why == "mentioned" and path not in told
            if path and path not in told and (why != "mentioned" or named <= MOST_NAMED):
                reason = self.reason(path)
                tokens = 0 if reason in {"excluded", "ignored", "missing"} else self.sizes[path] // TOKEN_BYTES
                yield LeftOut(path, tokens, why, reason)

    def reason(self, path: str) -> str:
        """Why a file that is pointed at is not there."""
        if path not in self.sizes:
            return "missing"
        if path in self.excluded:
            return "excluded"
        if skipped := skipped_path(path, self.sizes[path]):
            return skipped
        if path in self.hidden:
            return "ignored"
        return "binary" if path in self.binary else "room"
