"""The prompt of a turn: what the project, the conversation and the person give, within a budget of tokens.

Synchronous: it reads files, so it is called in a worker thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chat.context import compaction, indexing, mentions, small
from chat.context import prompt as p
from chat.context.absent import Kept
from chat.context.compaction import Due, Summary
from chat.context.engine import decoded, engine
from chat.context.history import LAST_EXCHANGE, PER_MESSAGE, cost_of, fitting, last_exchange, shortened
from chat.context.masking import mask, masks_in
from chat.context.prompt import Prompt, PromptPart
from chat.context.select import Budget, LeftOut, Part
from chat.context.signals import Signals, Spot
from chat.context.sources import Sources, sources
from chat.context.withheld import withheld
from chat.llm.tokens import count_again, count_tokens, tool_counts
from chat.workspace import FileEntry, Workspace

MAP_PATHS = 200
HISTORY_SHARE = 0.5
#: Of what is left, for the earlier messages that the request names.
QUOTED_SHARE = 0.25
#: Why a part is in the prompt that is likely the same in the next one.
COMES_AGAIN = frozenset({"always", "map"})
#: Between two parts of the prompt.
BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What a prompt is made for.  `history` is in the wire form, oldest first, without the request itself."""

    content: str
    model: str
    language: str = "fr"
    budget: int = 24_000
    history: Sequence[dict[str, Any]] = ()
    continues: bool = False
    open_file: str = ""
    selection: dict[str, Any] = field(default_factory=dict)
    edited: Sequence[str] = ()
    applied: Sequence[str] = ()
    #: What the preview's console said: `{message, file, line}`.
    errors: Sequence[Mapping[str, Any]] = ()
    #: Paths that the person wants in, or kept out.
    pinned: Sequence[str] = ()
    excluded: Sequence[str] = ()
    #: Earlier messages that the request names: `{id, role, content}`.
    quoted: Sequence[Mapping[str, Any]] = ()
    #: What may stand for the older messages, the oldest boundary first; what became of proposals up to a boundary; how
    #: many messages there are before `history`; and whether the model may be asked to summarise.
    summaries: Sequence[Summary] = ()
    facts: Callable[[int], Sequence[str]] = lambda up_to: ()
    omitted: int = 0
    summarises: bool = False
    #: What is bought of a project that does not fit (`pack.STYLES`).
    style: str = "focus"
    #: What the system prompt says of changing files, and the definitions of the tools that go beside the messages.
    instructions: str = ""
    tools: Sequence[Mapping[str, Any]] = ()


class TokenCounts:
    """Tokens of files by digest: an unchanged file is counted once by a process."""

    LIMIT = 20_000

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def of(self, file: FileEntry, text: str, model: str) -> int:
        """Tokens of a file's part in a prompt."""
        key = (f"{file.digest}:{file.path}", model)
        if key not in self._known:
            if len(self._known) >= self.LIMIT:
                self._known.clear()
            self._known[key] = count_tokens(p.file_text(file.path, text) + BETWEEN, model)
        return self._known[key]


token_counts = TokenCounts()


class Builder:
    """Builds one prompt."""

    def __init__(self, workspace: Workspace, request: Request) -> None:
        self.workspace = workspace
        self.request = request
        self.left = request.budget
        self.parts: list[PromptPart] = []
        self.left_out: list[PromptPart] = []
        self.shown = Sources([], frozenset(), ())
        self.summarised = 0
        self.dropped = 0
        self.due: Due | None = None
        #: Files that proved to be no text.
        self.binary: set[str] = set()

    def build(self) -> Prompt:
        """The prompt; the parts that always go in come first, then history, then files."""
        request, project = self.request, self.workspace.describe()
        self.shown = sources(self.workspace, project, request.pinned, request.excluded)
        files = self.shown.files
        system = self._fixed("system", p.system_text(project, request.language), "always")
        note = self._note()
        instructions = self._fixed("instructions", request.instructions, "always")
        self._count_tools()
        listing = self._fixed("map", p.map_text([file.path for file in files], request.language, MAP_PATHS), "map")
        ask = self._ask()
        self._fixed("request", ask, "request", masked=masks_in(ask))
        ask = BETWEEN.join([ask, *self._quoted()])
        summary, history = self._history()
        contents = self._files(files)
        self._tell_absent()
        title = p.FILES_TITLES[request.language] if contents else ""
        first = p.system_message([system, instructions, note, listing, title, *contents, summary])
        return Prompt(
            [first, *history, {"role": "user", "content": ask}],
            tokens=request.budget - self.left,
            parts=self.parts,
            left_out=self.left_out,
            dropped_messages=self.dropped,
            summarised_messages=self.summarised,
            due=self.due,
        )

    def _note(self) -> str:
        """The project's standing instruction: its field, and its `WEBOX.md`."""
        if not self.shown.note:
            return ""
        language, shown = self.request.language, self.shown
        masked = mask(f"{p.NOTE_TITLES[language]}\n{shown.note}")
        text = f"{masked.text}\n{p.NOTE_CUT[language]}" if shown.note_cut else masked.text
        self._fixed("note", text, "always", shown.note_path, masked.kinds)
        if shown.note_cut:
            self.parts[-1] = replace(self.parts[-1], detail="beginning", lines=shown.note_lines)
        return text

    def _count_tools(self) -> None:
        """Tools go beside the messages, and cost tokens like them."""
        if self.request.tools:
            tokens = tool_counts.of(self.request.tools, self.request.model)
            self.left -= tokens
            self.parts.append(PromptPart("tools", tokens, "always"))

    def _ask(self) -> str:
        """The request, with what was selected and what the preview complained of."""
        request = self.request
        if request.continues:
            return p.CONTINUE[request.language]
        selection = {} if self._withheld() else request.selection
        return p.with_errors(p.asked(request.content, selection), request.errors, request.language)

    def _withheld(self) -> str:
        """Why what is selected stays here."""
        request = self.request
        path = str(request.selection.get("path") or "")
        return withheld(path, self.shown.hidden, request.pinned, request.excluded)

    def _quoted(self) -> list[str]:
        """The earlier messages that the request names, behind it; a long one loses its long pieces of code first."""
        room = int(max(0, self.left) * QUOTED_SHARE)
        texts: list[str] = []
        for message in () if self.request.continues else self.request.quoted:
            masked = mask(str(message["content"]))
            found = (
                p.quoted_text(message, text, self.request.language) for text in (masked.text, shortened(masked.text))
            )
            text, tokens = min(((text, self._count(BETWEEN + text)) for text in found), key=lambda one: one[1] > room)
            name = mentions.written_message(message["id"])
            part = PromptPart("message", tokens, "mentioned", name, masked=masked.kinds)
            if tokens > room:
                self.left_out.append(replace(part, detail="room"))
                continue
            room -= tokens
            self._take([part])
            texts.append(text)
        return texts

    def _tell_absent(self) -> None:
        """A file that the person has before him, pins or names, and that does not go in, is told in the receipt."""
        request, shown = self.request, self.shown
        kept = Kept(shown.sizes, shown.hidden, set(request.excluded), self.binary)
        whys = kept.pointed(request.content, request.open_file, request.pinned)
        told = {part.path for part in (*self.parts, *self.left_out)}
        self.left_out += [_absent(one) for one in kept.absent(whys, told)]
        if reason := self._withheld():
            self.left_out.append(PromptPart("selection", 0, "selected", str(request.selection["path"]), reason))

    def _fixed(self, kind: str, text: str, why: str, path: str = "", masked: tuple[str, ...] = ()) -> str:
        if text:
            tokens = (count_again if why in COMES_AGAIN else count_tokens)(text, self.request.model) + PER_MESSAGE
            self.left -= tokens
            self.parts.append(PromptPart(kind, tokens, why, path, masked=masked))
        return text

    def _history(self) -> tuple[str, list[dict[str, Any]]]:
        """The summary of the older messages, and the newest ones, within their share.  Text that is to be continued
        goes in whatever it costs."""
        request = self.request
        room, before = self._room_of_history(), self.left
        summary = compaction.chosen(
            request.summaries, request.history, request.omitted, room, self._count, request.facts
        )
        text = self._summary(summary, room // 2)
        room -= before - self.left
        since = request.history[summary.covers :] if summary is not None else request.history
        omitted = summary.omitted if summary is not None else request.omitted
        kept = fitting(since, room, self._count)
        if request.summarises and not request.continues:
            cut = summary is not None and summary is request.summaries[-1] and summary.is_cut(text)
            due = compaction.due(since, room, self._count, omitted=omitted, parts=cut)
            self.due = due and replace(due, former=summary)
        if request.continues and not kept:
            kept = list(request.history[-LAST_EXCHANGE:])
        # what the request is likely about goes in at least in part, also where a summary stands for it
        detail = "whole"
        if not kept:
            kept = last_exchange(request.history, room, self._count)
            detail = "whole" if kept == list(request.history[-len(kept) :]) else "cut"
        self.dropped = omitted + len(since) - min(len(kept), len(since))
        self.dropped += summary.messages - self.summarised if summary is not None else 0
        if kept:
            tokens = sum(cost_of(str(message["content"]), self._count) for message in kept)
            self.left -= tokens
            self.parts.append(PromptPart("history", tokens, "newest", detail=detail))
        return text, kept

    def _room_of_history(self) -> int:
        """Its share, and what all the files together will not need."""
        if self.request.continues:
            return max(0, self.left)
        unused = self.left - small.most(self.shown.files) - self._count(p.FILES_TITLES[self.request.language] + BETWEEN)
        return max(0, int(self.left * HISTORY_SHARE), unused)

    def _summary(self, summary: Summary | None, room: int) -> str:
        """What stands for the older messages; nothing where there is no room even for its beginning."""
        if summary is None:
            return ""
        told = replace(summary, facts=self.request.facts(summary.up_to))
        text = compaction.block(told, self.request.language, room - PER_MESSAGE, self._count)
        self.summarised = summary.messages if text else 0
        return self._fixed("summary", text, "older")

    def _files(self, files: Sequence[FileEntry]) -> list[str]:
        room = self.left - count_again(p.FILES_TITLES[self.request.language] + BETWEEN, self.request.model)
        if small.fits(files, room) and (contents := self._all(files, room)) is not None:
            return contents
        return self._chosen(files, room)

    def _signals(self) -> Signals:
        selection = self.request.selection
        lines = [int(selection.get(name) or 0) for name in ("from_line", "to_line")]
        spot = Spot(str(selection["path"]), *lines) if selection.get("path") else None
        errors = [Spot(str(one.get("file", "")), int(one.get("line") or 0)) for one in self.request.errors]
        return Signals(
            open_file=self.request.open_file,
            selection=spot,
            edited=tuple(self.request.edited),
            applied=tuple(self.request.applied),
            errors=tuple(spot for spot in errors if spot.path),
            pinned=self.shown.pinned,
        )

    def _all(self, files: Sequence[FileEntry], room: int) -> list[str] | None:
        """Every file of a small project; `None` where they do not fit after all."""
        chosen = small.ordered(files, self.request.content, self._signals())
        read = self.workspace.read_files([file.path for file, _ in chosen])
        texts = {path: text for path, data in read.items() if (text := decoded(data)) is not None}
        self.binary = read.keys() - texts.keys()
        masked = {path: mask(text) for path, text in texts.items()}
        parts = [
            PromptPart(
                "file", self._tokens_of(file, masked[file.path].text), why, file.path, masked=masked[file.path].kinds
            )
            for file, why in chosen
            if file.path in texts
        ]
        if sum(part.tokens for part in parts) > room:
            return None
        self._take(parts)
        return [p.file_text(part.path, masked[part.path].text) for part in parts]

    def _tokens_of(self, file: FileEntry, text: str) -> int:
        return token_counts.of(file, text, self.request.model)

    def _chosen(self, files: Sequence[FileEntry], room: int) -> list[str]:
        """What the engine chooses of a project that does not fit."""
        around = self._count(p.file_text(p.OUTLINES[self.request.language], "") + BETWEEN)
        budget = Budget(max(0, room - around), self._cost, self.request.style)
        found = engine.select(self.workspace, files, self.request.content, budget, self._signals())
        if found.indexed < found.total:
            indexing.indexer.wanted(self.workspace.key)
        self._take([_part(part) for part in found.parts])
        self.left_out += [_absent(one) for one in found.left_out]
        return self._texts(found.parts)

    def _texts(self, parts: Sequence[Part]) -> list[str]:
        """Each file between marks of its own; the outlines, a line each, in one block behind them."""
        outlines = [part.text for part in parts if part.kind == "outline"]
        shown = [self._text(part.path, part.text, part.kind) for part in parts if part.kind != "outline"]
        return [*shown, p.file_text(p.OUTLINES[self.request.language], "\n".join(outlines))] if outlines else shown

    def _take(self, parts: Sequence[PromptPart]) -> None:
        self.left -= sum(part.tokens for part in parts)
        self.parts += parts

    def _text(self, path: str, text: str, kind: str) -> str:
        return p.file_text(f"{path}{p.KINDS[self.request.language].get(kind, '')}", mask(text).text)

    def _cost(self, path: str, text: str, kind: str) -> int:
        if kind == "outline":
            return self._count(f"{text}\n")
        return self._count(self._text(path, text, kind) + BETWEEN)

    def _count(self, text: str) -> int:
        return count_tokens(text, self.request.model)


def _part(part: Part) -> PromptPart:
    kinds = masks_in(part.text)
    return PromptPart("file", part.tokens, part.why, part.path, part.kind, part.lines, part.digest, kinds)


def _absent(one: LeftOut) -> PromptPart:
    return PromptPart("file", one.tokens, one.why, one.path, one.reason)


def build(make_workspace: Callable[[], Workspace], request: Request) -> Prompt:
    """The prompt of a request; for a worker thread."""
    return Builder(make_workspace(), request).build()
