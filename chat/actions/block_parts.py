"""The parts of the text protocol while they are read: a fence, a run of SEARCH/REPLACE blocks, a line."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator

from chat.actions.collect import Proposals
from chat.actions.languages import DIFFS, ending_of
from chat.actions.naming import is_path, path_alone
from chat.actions.types import (
    ActionError,
    Bad,
    CreateFile,
    Decoded,
    DeleteFile,
    Delta,
    Done,
    Edit,
    Example,
    ModifyFile,
    RenameFile,
    Started,
)

FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*(.*?)[ \t]*$")
SEARCH = re.compile(r"^<{7} ?SEARCH\b[ \t]*(.*?)[ \t]*$")
DIVIDER = re.compile(r"^={7}[ \t]*$")
REPLACE = re.compile(r"^>{7} ?REPLACE[ \t]*$")
ESCAPED = re.compile(r"^\\(?=\\*(?:<{7}|={7}|>{7}))")
#: Where one of these is left open, the text goes on.
PAIRS = (re.compile('"""'), re.compile("'''"), re.compile(r"(?<!\\)`"))
#: No mark of the protocol is longer: what follows is looked at by patterns that take their time on long lines.
MOST_MARK = 2_000
MARKDOWN = frozenset({"md", "mdx", "markdown"})


class Part(ABC):
    """Something that becomes a proposal."""

    def __init__(self, proposals: Proposals, path: str | None) -> None:
        self.path = path
        self.position = -1
        self.proposals = proposals

    def start(self, action_type: str) -> Iterator[Decoded]:
        """Its number, once, and the news that it begins."""
        if self.position < 0:
            self.position, anew = self.proposals.start(action_type, self.path or "")
            if anew and self.path:
                yield Started(self.position, action_type, self.path)

    def shown(self, text: str) -> Iterator[Decoded]:
        """More of its text."""
        if self.path and text:
            yield Delta(self.position, text)

    @abstractmethod
    def verdict(self) -> Iterator[Done | Bad]:
        """What is proposed, when all is read."""


class Line(Part):
    """`DELETE: path` or `RENAME: path -> path`."""

    def __init__(self, proposals: Proposals, path: str, to: str | None = None) -> None:
        super().__init__(proposals, path)
        self.to = to

    def read(self) -> Iterator[Decoded]:
        """It is whole at once."""
        yield from self.start("delete_file" if self.to is None else "rename_file")

    def verdict(self) -> Iterator[Done | Bad]:
        path = self.path or ""
        if self.to is None:
            yield Done(self.position, DeleteFile(path, position=self.position))
        else:
            yield Done(self.position, RenameFile(path, self.to, position=self.position))


class Edits(Part):
    """SEARCH/REPLACE blocks of one file, one after the other."""

    def __init__(self, proposals: Proposals, path: str | None) -> None:
        super().__init__(proposals, path)
        self.edits: list[Edit] = []
        self.wrong = False
        self._state = "between"
        self._search: list[str] = []
        self._replace: list[str] = []

    @property
    def in_block(self) -> bool:
        """Whether a block is open."""
        return self._state != "between"

    def line(self, line: str) -> Iterator[Decoded]:
        """One line, marks included."""
        mark = mark_of(line)
        if self._state == "between":
            yield from self._between(line, mark)
        elif (self._state, mark) == ("search", "divider"):
            self._state = "replace"
        elif (self._state, mark) == ("replace", "replace"):
            self.edits.append(self._edit())
            self._state = "between"
        elif mark:
            self.wrong = True
            self._state = "between" if mark == "replace" else self._state
        else:
            (self._search if self._state == "search" else self._replace).append(ESCAPED.sub("", line))
        yield from self.shown(line + "\n")

    def _between(self, line: str, mark: str) -> Iterator[Decoded]:
        if mark == "search":
            found = SEARCH.match(line)
            if self.path is None and found and is_path(found[1]):
                self.path = found[1]
            self._state, self._search, self._replace = "search", [], []
            yield from self.start("modify_file")
        elif line.strip() and path_alone(line) != self.path:
            self.wrong = True

    def _edit(self) -> Edit:
        return Edit("".join(map(_ended, self._search)), "".join(map(_ended, self._replace)))

    def verdict(self) -> Iterator[Done | Bad]:
        complete = not (self.wrong or self.in_block)
        edits = (*self.edits, self._edit()) if self.in_block else tuple(self.edits)
        proposal = ModifyFile(self.path or "", edits, position=self.position, complete=complete)
        if self.wrong or self.path is None:
            error = ActionError("malformed", {"reason": "no_path" if self.path is None else "block"})
            yield Bad(self.position, error, "modify_file", self.path or "", None, proposal)
        else:
            yield Done(self.position, proposal)


class Fence(Part):
    """A fenced block: a whole file, edits of one, or an example, as its first lines show."""

    def __init__(
        self, proposals: Proposals, opening: re.Match[str], language: str, path: str | None, index: int
    ) -> None:
        super().__init__(proposals, path)
        self.edits: Edits | None = None
        self._language = language
        self._index = index
        self._indent = len(opening[1])
        self._fences = [opening[2]]
        self._head: list[str] = []
        self._inner: str | None = None
        self._begun = False
        self._lines: list[str] = []
        self._closed = False
        self._doubtful = False

    @property
    def is_file(self) -> bool:
        """A whole file."""
        return self.path is not None and self.edits is None

    def closes(self, line: str) -> bool:
        """Whether this line is the fence's last; inner fences that say what they are open and close by themselves."""
        if self.edits is not None and self.edits.in_block:
            return False
        found = fence_of(line)
        if found is None or found[2][0] != self._fences[-1][0] or len(found[1]) > self._indent + 3:
            return False
        if not found[3] and len(found[2]) >= len(self._fences[-1]):
            self._fences.pop()
        elif found[3] and len(found[2]) >= len(self._fences[0]) and self._nests:
            self._fences.append(found[2])
        return not self._fences

    @property
    def _nests(self) -> bool:
        return self.is_file or self._language.lower() in MARKDOWN

    def gives_way_to(self, path: str | None) -> bool:
        """Whether a block that was never closed ends here, where another file begins."""
        return self.edits is not None and self.edits.in_block and path is not None and path != self.edits.path

    def line(self, line: str) -> Iterator[Decoded]:
        """A line of the content."""
        blank = line[: self._indent].strip() == ""
        line = line[self._indent :] if blank else line.lstrip()
        if self.edits is not None:
            yield from self.edits.line(line)
        elif self._begun:
            yield from self._content(line)
        else:
            self._head.append(line)
            yield from self._begin(line)

    def _begin(self, line: str) -> Iterator[Decoded]:
        """The first lines show what it is."""
        if mark_of(line) == "search":
            self.edits = Edits(self.proposals, self.path or self._inner)
            yield from self.edits.line(line)
        elif not line.strip():
            return
        elif self.path is None and self._inner is None and path_alone(line):
            self._inner = path_alone(line)
        else:
            yield from self._go_on()

    def _go_on(self) -> Iterator[Decoded]:
        """It is no edit: what was held back is content."""
        self._begun = True
        if self.path is not None:
            yield from self.start("modify_file" if self._is_diff else "create_file")
        for held in self._head:
            yield from self._content(held)

    def _content(self, line: str) -> Iterator[Decoded]:
        self._lines.append(line + "\n")
        yield from self.shown(line + "\n")

    @property
    def _is_diff(self) -> bool:
        return self._language.lower() in DIFFS and ending_of(self.path or "") not in DIFFS

    def end(self, *, closed: bool) -> Iterator[Decoded]:
        """Its last line has come, or nothing comes any more."""
        self._closed = closed
        if self.edits is None and not self._begun:
            yield from self._go_on()
        if closed and self.path is None and self.edits is None:
            yield Example(self._index, self._language, "".join(self._lines))

    def doubt(self) -> None:
        """A fence without a name follows: the last line may have been the start of an inner one."""
        text = "".join(self._lines)
        left_open = any(len(mark.findall(text)) % 2 for mark in PAIRS) or text.count("/*") > text.count("*/")
        self._doubtful = left_open or ending_of(self.path or "") in MARKDOWN

    def verdict(self) -> Iterator[Done | Bad]:
        if self.edits is not None:
            yield from self.edits.verdict()
        elif self.path is not None:
            yield self._file(self.path)

    def _file(self, path: str) -> Done | Bad:
        sound = self._closed and not self._doubtful and not self._is_diff
        proposal = CreateFile(path, "".join(self._lines), position=self.position, complete=sound)
        if sound or not self._closed:
            return Done(self.position, proposal)
        reason = "diff" if self._is_diff else "nested_fences"
        error = ActionError("malformed", {"reason": reason})
        return Bad(self.position, error, "modify_file" if self._is_diff else "create_file", path, None, proposal)


def fence_of(line: str) -> re.Match[str] | None:
    """The line as a fence, if it is one."""
    return FENCE.match(line) if len(line) <= MOST_MARK else None


def mark_of(line: str) -> str:
    """Which mark a line is, if any."""
    if len(line) > MOST_MARK or line[:1] not in ("<", "=", ">"):
        return ""
    marks = {"search": SEARCH, "divider": DIVIDER, "replace": REPLACE}
    return next((name for name, mark in marks.items() if mark.match(line)), "")


def _ended(line: str) -> str:
    return line + "\n"
