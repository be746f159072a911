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
from chat.context.fuzzy import Names, folded, scored, typed
from chat.context.kinds import SECRET
from chat.context.sources import sources
from chat.models import AIConversation
from chat.workspace import FileEntry, Workspace

#: Of each kind at most so many, and how far it stands behind a file that matches as well.
MOST = {"file": 50, "folder": 4, "symbol": 6, "message": 3}
BEHIND = {"file": 0.0, "folder": 6.0, "symbol": 2.0, "message": 8.0, "secret": 1000.0}
#: So many of the newest messages are searched, by their first so many characters; so many are shown.
MESSAGES, FIRST_WORDS, SHOWN = 1000, 160, 70
#: A project's names are right for so long (seconds): a person types faster than files come and go.
FRESH, FRESH_IN_PART = 3.0, 0.5
#: A request waits for definitions so long; the rest is there for the next one.
PATIENCE = 0.3
MOST_PROJECTS, MOST_SYMBOLS, RECENT = 16, 300_000, 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`mention` is what goes into the text, `name` what is shown, `detail` where it is or who said it; of a file
    `secret`, where it keeps secrets and would not be sent."""

    kind: str
    mention: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The names of one project, as they can be searched.  Never changed, so who searches needs no lock."""

    files: Names = field(default_factory=lambda: Names(()))
    folders: Names = field(default_factory=lambda: Names(()))
    symbols: Names = field(default_factory=lambda: Names(()))
    #: Path and line of each symbol.
    places: Sequence[tuple[str, int]] = ()
    complete: bool = False


@dataclass(slots=True)
class Catalog:
    """What is known of one project's names; who holds the `lock` reads them anew."""

    listing: Listing = field(default_factory=Listing)
    entries: list[FileEntry] = field(default_factory=list)
    known: dict[store.Key, list[tuple[str, int]]] = field(default_factory=dict)
    read_at: float = float("-inf")
    #: How often the project has changed, and how often it had when it was read.
    changes: int = 0
    read_changes: int = -1
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self, workspace: Workspace) -> Listing:
        """The project's names, read anew where that is due."""
        changes = self.changes
        age = time.monotonic() - self.read_at
        if changes == self.read_changes and age < (FRESH if self.listing.complete else FRESH_IN_PART):
            return self.listing
        shown = sources(workspace, workspace.describe(), (), ()).files
        if not (self.listing.complete and shown == self.entries):
            self.listing = self._listed(workspace, shown)
            self.entries = shown
        # what changed while it was read is not in it: `changes` is from before
        self.read_at, self.read_changes = time.monotonic(), changes
        return self.listing

    def _listed(self, workspace: Workspace, shown: Sequence[FileEntry]) -> Listing:
        files, folders = self.listing.files, self.listing.folders
        paths = sorted(
            (file.path for file in shown), key=lambda path: (_is_secret(path), path.count("/"), len(path), path)
        )
        if paths != files.names:
            inside = {path[: at + 1] for path in paths for at, sign in enumerate(path) if sign == "/"}
            files, folders = Names(paths), Names(sorted(inside, key=lambda path: (path.count("/"), path)))
        keys = {file.path: engine.key_of(file) for file in engine.bounded(shown) if engine.readable(file)}
        self._learn(workspace, keys)
        symbols = [(name, path, line) for path in paths for name, line in self.known.get(keys.get(path, ("", "")), ())][
            :MOST_SYMBOLS
        ]
        return Listing(
            files,
            folders,
            Names([name for name, _, _ in symbols]),
            [(path, line) for _, path, line in symbols],
            complete=all(key in self.known for key in keys.values()),
        )

    def _learn(self, workspace: Workspace, keys: dict[str, store.Key]) -> None:
        """Finds the definitions of what is new, as far as a request can wait."""
        until = time.monotonic() + PATIENCE
        wanted = dict.fromkeys(keys.values())
        self.known = {key: self.known[key] for key in wanted if key in self.known}
        lacking = [key for key in wanted if key not in self.known]
        for at in range(0, len(lacking), store.BATCH):
            if time.monotonic() > until:
                break
            self.known |= store.defined(lacking[at : at + store.BATCH])
        else:
            self._make(workspace, {path: key for path, key in keys.items() if key not in self.known}, until)

    def _make(self, workspace: Workspace, lacking: dict[str, store.Key], until: float) -> None:
        """Reads files that nobody has read yet; where that takes long, the rest is read in the background."""
        if not lacking:
            return
        found = engine.find_out(workspace, lacking, until - time.monotonic())
        self.known |= {key: [(name, line) for name, line, *_ in facts.symbols] for key, facts in found.items()}
        if len(found) < len(set(lacking.values())):
            indexing.indexer.wanted(workspace.key)


class Catalogs:
    """The projects that were asked about last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Catalog] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, workspace: Workspace) -> Listing:
        """A project's names, up to date."""
        with self._lock:
            found = self._kept.pop(workspace.key, None) or Catalog()
            self._kept[workspace.key] = found
            while len(self._kept) > MOST_PROJECTS:
                self._kept.popitem(last=False)
        with found.lock:
            return found.refresh(workspace)

    def changed(self, project_id: int | str) -> None:
        """A project's files have changed: its names are read anew when they are asked for."""
        with self._lock:
            if (found := self._kept.get(str(project_id))) is not None:
                found.changes += 1


catalogs = Catalogs()


def suggestions(
    workspace: Workspace, conversation: AIConversation | None, query: str, most: int
) -> tuple[list[Suggestion], bool]:
    """What fits, best first; and whether every definition was looked at."""
    listing = catalogs.of(workspace)
    query = unicodedata.normalize("NFC", query).strip()
    if query:
        found = _found(listing, query, most) + _messages(conversation, query)
        found.sort(key=lambda one: -one[0])
        return [one for _, one in found[:most]], listing.complete
    return _first(listing, workspace, conversation, most), listing.complete


def _found(listing: Listing, query: str, most: int) -> list[tuple[float, Suggestion]]:
    where, sign, name = query.partition("#")
    if sign and where:
        return _definitions(_inside(listing, where), name)
    files = listing.files.best(query, min(most, MOST["file"]))
    folders = listing.folders.best(query, MOST["folder"])
    return [
        *(_file(score, listing.files.names[at]) for score, at in files),
        *((score - BEHIND["folder"], _path("folder", listing.folders.names[at])) for score, at in folders),
        *_definitions(listing, name if sign else query),
    ]


def _file(score: float, path: str) -> tuple[float, Suggestion]:
    """A file that matches; one that is never sent stands behind all that are."""
    return score - (BEHIND["secret"] if _is_secret(path) else BEHIND["file"]), _path("file", path)


def _is_secret(path: str) -> bool:
    return bool(SECRET.search(path.rpartition("/")[2].lower()))


def _inside(listing: Listing, where: str) -> Listing:
    """The definitions of the files that are meant before a `#`: of the one that is called so, else of those whose path
    has it, and only where there is none of these of those that have its letters."""
    wanted, names = folded(typed(where)), listing.files
    tiers: tuple[Callable[[int], bool], ...] = (
        lambda at: names.lower[at] == wanted,
        lambda at: wanted in names.lower[at],
        lambda at: scored(where, names.names[at]) is not None,
    )
    every = range(len(names.names))
    files = next((found for takes in tiers if (found := {names.names[at] for at in every if takes(at)})), set())
    kept = [at for at, (path, _) in enumerate(listing.places) if path in files]
    return Listing(
        symbols=Names([listing.symbols.names[at] for at in kept]), places=[listing.places[at] for at in kept]
    )


def _definitions(listing: Listing, query: str) -> list[tuple[float, Suggestion]]:
    found: list[tuple[float, Suggestion]] = []
    for score, at in listing.symbols.best(query, MOST["symbol"]):
        (path, line), name = listing.places[at], listing.symbols.names[at]
        one = Suggestion("symbol", mentions.written(f"{path}#{name}"), name, f"{path}:{line}")
        found.append((score - BEHIND["symbol"], one))
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


def _first(listing: Listing, workspace: Workspace, conversation: AIConversation | None, most: int) -> list[Suggestion]:
    """Before anything is typed: what was changed last, folders, the newest messages, and files near the root."""
    there = {path for path in listing.files.names if not _is_secret(path)}
    changed = [path for change in workspace.changes(RECENT) for path in change.paths if path in there]
    recent = list(dict.fromkeys(changed))[:RECENT]
    said = _newest(conversation)[: MOST["message"]] if conversation is not None else []
    rest = [path for path in listing.files.names[:most] if path not in recent]
    first = [
        *(_path("file", path) for path in recent),
        *(_path("folder", path) for path in listing.folders.names[: MOST["folder"]]),
        *(_message(*one) for one in said),
    ]
    return [*first, *(_path("file", path) for path in rest)][:most]


def _newest(conversation: AIConversation) -> list[tuple[int, str, str]]:
    """(id, role, first words) of the messages that say something, the newest first."""
    rows = conversation.messages.filter(current=True).exclude(content="").order_by("-id")
    return list(rows.annotate(first=Left("content", FIRST_WORDS)).values_list("id", "role", "first")[:MESSAGES])


def _path(kind: str, path: str) -> Suggestion:
    detail = "secret" if kind == "file" and _is_secret(path) else ""
    return Suggestion(kind, mentions.written(path), path, detail)


def _message(number: int, role: str, text: str) -> Suggestion:
    words = " ".join(text.split())
    short = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    return Suggestion("message", mentions.written_message(number), short, role)


def _folded(text: str) -> str:
    """Without accents and case, the words one space apart."""
    plain = unicodedata.normalize("NFD", text)
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().split())
