"""What an `@` can be completed to: files, folders, definitions, earlier messages, ranked by what has been typed."""

from __future__ import annotations

import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models.functions import Left

from chat.context import engine, indexing, mentions, store
from chat.context.fuzzy import Names, scored
from chat.context.sources import sources
from chat.models import AIConversation
from chat.workspace import FileEntry, Workspace

#: Of each kind at most so many, and how far it stands behind a file that matches as well.
MOST = {"file": 50, "folder": 4, "symbol": 6, "message": 3}
BEHIND = {"file": 0.0, "folder": 6.0, "symbol": 2.0, "message": 8.0}
#: So many of the newest messages are searched, by their first so many characters; so many are shown.
MESSAGES, FIRST_WORDS, SHOWN = 1000, 160, 70
#: A project's names are right for so long (seconds): a person types faster than files come and go.
FRESH, FRESH_IN_PART = 3.0, 0.5
#: A request waits for definitions so long; the rest is there for the next one.
PATIENCE = 0.3
MOST_PROJECTS, MOST_SYMBOLS, RECENT = 16, 300_000, 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`mention` is what goes into the text, `name` what is shown, `detail` where it is or who said it."""

    kind: str
    mention: str
    name: str
    detail: str = ""


@dataclass(slots=True)
class Catalog:
    """The names of one project, as they can be searched."""

    files: Names = field(default_factory=lambda: Names(()))
    folders: Names = field(default_factory=lambda: Names(()))
    symbols: Names = field(default_factory=lambda: Names(()))
    #: Path and line of each symbol.
    places: list[tuple[str, int]] = field(default_factory=list)
    listed: list[FileEntry] = field(default_factory=list)
    known: dict[store.Key, list[tuple[str, int]]] = field(default_factory=dict)
    complete: bool = False
    read_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self, workspace: Workspace) -> None:
        """Reads the project's names anew where that is due."""
        if time.monotonic() - self.read_at < (FRESH if self.complete else FRESH_IN_PART):
            return
        shown = sources(workspace, workspace.describe(), (), ()).files
        if self.complete and shown == self.listed:
            self.read_at = time.monotonic()
            return
        self.listed = shown
        paths = sorted((file.path for file in shown), key=lambda path: (path.count("/"), len(path), path))
        if paths != self.files.names:
            folders = {path[: at + 1] for path in paths for at, sign in enumerate(path) if sign == "/"}
            self.files, self.folders = Names(paths), Names(sorted(folders, key=lambda path: (path.count("/"), path)))
        self._learn(workspace, engine.bounded(shown))
        self.read_at = time.monotonic()

    def _learn(self, workspace: Workspace, shown: Sequence[FileEntry]) -> None:
        """Finds the definitions of what is new, as far as a request can wait."""
        until = time.monotonic() + PATIENCE
        keys = {file.path: engine.key_of(file) for file in shown if engine.readable(file)}
        self.known = {key: self.known[key] for key in dict.fromkeys(keys.values()) if key in self.known}
        lacking = [key for key in dict.fromkeys(keys.values()) if key not in self.known]
        for at in range(0, len(lacking), store.BATCH):
            if time.monotonic() > until:
                break
            self.known |= store.defined(lacking[at : at + store.BATCH])
        else:
            self._make(workspace, {path: key for path, key in keys.items() if key not in self.known}, until)
        self.complete = all(key in self.known for key in keys.values())
        symbols = [
            (name, path, line)
            for path in self.files.names
            for name, line in self.known.get(keys.get(path, ("", "")), ())
        ][:MOST_SYMBOLS]
        self.symbols = Names([name for name, _, _ in symbols])
        self.places = [(path, line) for _, path, line in symbols]

    def _make(self, workspace: Workspace, lacking: dict[str, store.Key], until: float) -> None:
        """Reads files that nobody has read yet; where that takes long, the rest is read in the background."""
        if not lacking:
            return
        found = engine.find_out(workspace, lacking, until - time.monotonic())
        self.known |= {key: [(name, line) for name, line, *_ in facts.symbols] for key, facts in found.items()}
        if len(found) < len(set(lacking.values())):
            indexing.indexer.written(workspace.key)


class Catalogs:
    """The projects that were asked about last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Catalog] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, workspace: Workspace) -> Catalog:
        """A project's names, up to date."""
        with self._lock:
            found = self._kept.pop(workspace.key, None) or Catalog()
            self._kept[workspace.key] = found
            while len(self._kept) > MOST_PROJECTS:
                self._kept.popitem(last=False)
        with found.lock:
            found.refresh(workspace)
        return found

    def changed(self, project_id: int | str) -> None:
        """A project's files have changed: its names are read anew when they are asked for."""
        with self._lock:
            if (found := self._kept.get(str(project_id))) is not None:
                found.read_at = float("-inf")


catalogs = Catalogs()


def suggestions(
    workspace: Workspace, conversation: AIConversation | None, query: str, most: int
) -> tuple[list[Suggestion], bool]:
    """What fits, best first; and whether every definition was looked at."""
    catalog = catalogs.of(workspace)
    query = unicodedata.normalize("NFC", query).strip()
    if query:
        found = _found(catalog, query, most) + _messages(conversation, query)
        found.sort(key=lambda one: -one[0])
        return [one for _, one in found[:most]], catalog.complete
    return _first(catalog, workspace, conversation, most), catalog.complete


def _found(catalog: Catalog, query: str, most: int) -> list[tuple[float, Suggestion]]:
    where, sign, name = query.partition("#")
    if sign and where:
        return _definitions(catalog, name, lambda path: scored(where, path) is not None)
    files = catalog.files.best(query, min(most, MOST["file"]))
    folders = catalog.folders.best(query, MOST["folder"])
    return [
        *((score - BEHIND["file"], _path("file", catalog.files.names[at])) for score, at in files),
        *((score - BEHIND["folder"], _path("folder", catalog.folders.names[at])) for score, at in folders),
        *_definitions(catalog, name if sign else query),
    ]


def _definitions(
    catalog: Catalog, query: str, takes: Callable[[str], bool] = lambda path: True
) -> list[tuple[float, Suggestion]]:
    found: list[tuple[float, Suggestion]] = []
    for score, at in catalog.symbols.best(query, 300):
        path, line = catalog.places[at]
        if takes(path):
            name = catalog.symbols.names[at]
            one = Suggestion("symbol", mentions.written(f"{path}#{name}"), name, f"{path}:{line}")
            found.append((score - BEHIND["symbol"], one))
            if len(found) == MOST["symbol"]:
                break
    return found


def _messages(conversation: AIConversation | None, query: str) -> list[tuple[float, Suggestion]]:
    """The newest messages whose first words have the query at the start of a word."""
    if conversation is None:
        return []
    wanted, found = _folded(query), []
    for number, role, text in _newest(conversation)[:MESSAGES]:
        if f" {wanted}" in f" {_folded(text)}":
            score = scored(wanted, _folded(text)[:SHOWN]) or 0.0
            found.append((score - BEHIND["message"], _message(number, role, text)))
            if len(found) == MOST["message"]:
                break
    return found


def _first(catalog: Catalog, workspace: Workspace, conversation: AIConversation | None, most: int) -> list[Suggestion]:
    """Before anything is typed: what was changed last, folders, the newest messages, and files near the root."""
    there = set(catalog.files.names)
    changed = [path for change in workspace.changes(RECENT) for path in change.paths if path in there]
    recent = list(dict.fromkeys(changed))[:RECENT]
    said = _newest(conversation)[: MOST["message"]] if conversation is not None else []
    rest = [path for path in catalog.files.names[:most] if path not in recent]
    first = [
        *(_path("file", path) for path in recent),
        *(_path("folder", path) for path in catalog.folders.names[: MOST["folder"]]),
        *(_message(*one) for one in said),
    ]
    return [*first, *(_path("file", path) for path in rest)][:most]


def _newest(conversation: AIConversation) -> list[tuple[int, str, str]]:
    """(id, role, first words) of the messages that say something, the newest first."""
    rows = conversation.messages.filter(current=True).exclude(content="").order_by("-id")
    return list(rows.annotate(first=Left("content", FIRST_WORDS)).values_list("id", "role", "first")[:MESSAGES])


def _path(kind: str, path: str) -> Suggestion:
    return Suggestion(kind, mentions.written(path), path)


def _message(number: int, role: str, text: str) -> Suggestion:
    words = " ".join(text.split())
    short = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    return Suggestion("message", mentions.written_message(number), short, role)


def _folded(text: str) -> str:
    """Without accents and case, the words one space apart."""
    plain = unicodedata.normalize("NFD", text)
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().split())
