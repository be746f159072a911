"""The context engine of a running server: each project's files as they can be searched, kept up to date by difference.

What is known of a file's bytes comes from the database, or is found out and kept there; how the files hang together is
in memory, for the projects that were asked about last.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chat.context import facts, kinds, store
from chat.context.corpus import Corpus, difference
from chat.context.facts import Facts
from chat.context.masking import mask
from chat.context.past import EMPTY, Past
from chat.context.select import Budget, Selection
from chat.context.select import select as choose
from chat.context.signals import Signals
from chat.context.words import path_terms, query_terms
from chat.llm.tokens import count_tokens
from chat.workspace import FileEntry, PastChange, Workspace

#: Sizes and prices are of the newer vocabulary; what goes into a prompt is counted by its model's own.
VOCABULARY = "gpt-4o"
#: A request indexes files for so long at most (seconds); the rest is done in the background.
PATIENCE = 0.8
#: Files are read and kept in lots of so many.
LOT = 64
#: So many projects, and files in all, stay in memory; of one project so many files are looked at.
MOST_PROJECTS, MOST_FILES, MOST_INDEXED = 32, 60_000, 20_000
HISTORY = 1500


@dataclass(slots=True)
class Project:
    """One project in memory."""

    corpus: Corpus = field(default_factory=Corpus)
    lock: threading.RLock = field(default_factory=threading.RLock)
    past: Past = EMPTY
    changes: Sequence[PastChange] = ()


class Engine:
    """The projects that this process knows."""

    def __init__(self) -> None:
        self._projects: OrderedDict[str, Project] = OrderedDict()
        self._lock = threading.Lock()

    def project(self, key: str) -> Project:
        """A project by its key; the ones that were not asked about for long make room."""
        with self._lock:
            found = self._projects.pop(key, None) or Project()
            self._projects[key] = found
            others = sum(len(project.corpus) for project in self._projects.values()) - len(found.corpus)
            while len(self._projects) > 1 and (len(self._projects) > MOST_PROJECTS or others > MOST_FILES):
                _, dropped = self._projects.popitem(last=False)
                others -= len(dropped.corpus)
            return found

    def forget(self) -> None:
        """Drops everything that is in memory."""
        with self._lock:
            self._projects.clear()

    def select(
        self, workspace: Workspace, files: Sequence[FileEntry], request: str, budget: Budget, signals: Signals
    ) -> Selection:
        """The files for a request.  What is not indexed yet is, as far as a request can wait."""
        project, files = self.project(workspace.key), bounded(files)
        with project.lock:
            first = () if len(project.corpus) else _likely(files, request, signals)
            self.refresh(workspace, files, patience=PATIENCE, first=first)
            self._remember(project, workspace)
            return choose(project.corpus, request, budget, signals, project.past, lambda paths: texts(workspace, paths))

    def refresh(
        self,
        workspace: Workspace,
        files: Sequence[FileEntry],
        *,
        patience: float,
        first: Collection[str] = (),
    ) -> None:
        """Brings a project up to date: the files in `first` before the others, for so many seconds at most."""
        project = self.project(workspace.key)
        with project.lock:
            by_path = {file.path: file for file in bounded(files)}
            gone, written = difference(project.corpus, {path: file.digest for path, file in by_path.items()})
            wanted = [path for path in written if readable(by_path[path])]
            keys = {path: key_of(by_path[path]) for path in wanted}
            known = store.load(set(keys.values()))
            missing = [path for path in wanted if keys[path] not in known]
            missing.sort(key=lambda path: (path not in first, not kinds.is_code(path), by_path[path].size))
            known |= find_out(workspace, {path: keys[path] for path in missing}, patience)
            project.corpus.change(
                gone,
                [
                    (path, by_path[path].digest, by_path[path].size, known.get(keys.get(path, ("", ""))))
                    for path in written
                ],
            )

    @staticmethod
    def _remember(project: Project, workspace: Workspace) -> None:
        changes = workspace.changes(HISTORY)
        if changes is not project.changes and tuple(changes) != tuple(project.changes):
            project.past = Past(changes)
        project.changes = changes


engine = Engine()


def key_of(file: FileEntry) -> store.Key:
    """Under what a file is kept."""
    return file.digest, kinds.language(file.path)


def readable(file: FileEntry) -> bool:
    """Whether a file is worth reading, by its name and size."""
    return not kinds.skipped_path(file.path, file.size)


def bounded(files: Sequence[FileEntry]) -> Sequence[FileEntry]:
    """The files that are looked at: of a project that is far too large, code before the rest, near the root first."""
    if len(files) <= MOST_INDEXED:
        return files
    worth = sorted(files, key=lambda f: (not readable(f), not kinds.is_code(f.path), f.path.count("/"), f.path))
    return worth[:MOST_INDEXED]


def find_out(workspace: Workspace, keys: Mapping[str, store.Key], patience: float) -> dict[store.Key, Facts]:
    """Reads files and keeps what they tell, lot by lot, until the time is over.  The same bytes are read once."""
    found: dict[store.Key, Facts] = {}
    until = time.monotonic() + patience
    one_of = {key: path for path, key in reversed(list(keys.items()))}
    paths = list(one_of.values())[::-1]
    for at in range(0, len(paths), LOT):
        lot: dict[store.Key, Facts] = {}
        for path, data in workspace.read_files(paths[at : at + LOT]).items():
            lot[keys[path]] = facts_of(data, keys[path][1])
            if time.monotonic() > until:
                break
        store.save(lot)
        found |= lot
        if time.monotonic() > until:
            break
    return found


def facts_of(data: bytes, language: str) -> Facts:
    """What some bytes tell."""
    text = decoded(data)
    if text is None:
        return Facts(skipped="binary")
    return facts.read(text, language, lambda piece: count_tokens(piece, VOCABULARY))


def decoded(data: bytes) -> str | None:
    """The text of a file; `None` where it is none."""
    with contextlib.suppress(UnicodeDecodeError):
        if b"\0" not in data:
            return data.decode("utf-8")
    return None


def texts(workspace: Workspace, paths: Sequence[str]) -> dict[str, str]:
    """The files that are text, without their secrets: a piece of a key alone does not look like one."""
    found = {path: decoded(data) for path, data in workspace.read_files(paths).items()}
    return {path: mask(text).text for path, text in found.items() if text is not None}


def progress(files: Iterable[FileEntry]) -> tuple[int, int]:
    """(files that are indexed or need not be, all files)"""
    listed = list(files)
    keys = {key_of(file) for file in listed if readable(file)}
    lacking = len(keys) - len(store.known(keys))
    return max(0, len(listed) - lacking), len(listed)


def _likely(files: Sequence[FileEntry], request: str, signals: Signals) -> set[str]:
    """The files that a request is likely about, by their paths alone."""
    query = query_terms(request).keys()
    pointed = signals.reasons(request, {file.path for file in files})
    return {
        file.path
        for file in files
        if file.path in pointed or (readable(file) and not path_terms(file.path).keys().isdisjoint(query))
    }
