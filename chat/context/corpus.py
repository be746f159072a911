"""A project's files as they can be searched: who has a term, who refers to whom.  Changed by difference.  Pure.

A file keeps its slot as long as its path is there; a new version gets new chunk numbers, and the old ones die: their
entries stay in the lists of terms until so many are dead that the lists are cleaned.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from chat.context import kinds
from chat.context.facts import Chunk, Facts
from chat.context.glossary import words_of
from chat.context.references import Places
from chat.context.words import path_terms, terms

TIMES_BITS, TIMES = 6, 63
DEAD = -1
JOINTS = re.compile(r"[-_.]")
CLEAN_AFTER = 2000
GENERIC = words_of(
    """
index __init__ page +page +layout styles style main view views
    """
)


@dataclass(slots=True)
class File:
    """One file of a project.  `facts` is None until it is indexed; `skipped` says why it is never read."""

    path: str
    digest: str
    size: int
    slot: int
    facts: Facts | None
    skipped: str = ""
    first_chunk: int = 0
    kinds: frozenset[str] = frozenset()
    name: tuple[str, ...] = ()
    stem: frozenset[str] = frozenset()
    path_terms: Mapping[str, int] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Whether its text may go into a prompt."""
        return not self.skipped and not (self.facts and self.facts.skipped)

    @property
    def chunks(self) -> list[Chunk]:
        """Its pieces, as far as it is indexed."""
        return self.facts.chunks if self.facts else []


def _name(path: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The terms of a file's name; and the same with the name joined and, for index files, the folder's."""
    *folders, file = path.split("/")
    first = file.split(".")[0]
    found = terms(first)
    joined = re.sub(r"[._\-\[\]]", "", file.rsplit(".", 1)[0]).lower()
    around = terms(folders[-1]) if first in GENERIC and folders else ()
    return tuple(found[:-1] or found), frozenset({*found, joined, *around} - {""})


class Corpus:
    """The files of one project."""

    def __init__(self) -> None:
        self.files: list[File | None] = []
        self.by_path: dict[str, File] = {}
        self.chunk_slot: array[int] = array("i")
        self.chunk_length: array[int] = array("H")
        self.postings: dict[str, array[int]] = {}
        self.paths: dict[str, set[int]] = {}
        self.names: dict[str, set[int]] = {}
        self.out: dict[str, set[str]] = {}
        self.into: dict[str, set[str]] = {}
        self._places = Places()
        self._wanting: dict[str, set[str]] = {}
        self._referring: dict[str, list[str]] = {}
        self._free: list[int] = []
        self._dead = 0
        self._near: dict[int, list[int]] | None = None
        self._evened: dict[int, float] | None = None
        self._slots: dict[str, int] | None = None
        self._known: int | None = None
        self._folders: dict[str, list[int]] | None = None
        self.memo: dict[str, object] = {}
        """What others have found out of this state of the project; a change empties it."""
        self.live_chunks = 0
        self.total_length = 0

    def __len__(self) -> int:
        return len(self.by_path)

    def live(self) -> Iterator[File]:
        """Every file."""
        return iter(self.by_path.values())

    # --- changes --------------------------------------------------------------------------------------------------

    def change(self, gone: Collection[str], written: Collection[tuple[str, str, int, Facts | None]]) -> None:
        """Takes out files and takes in new or changed ones: (path, digest, size, facts)."""
        if not gone and not written:
            return
        self._near = self._evened = self._slots = self._folders = self._known = None
        self.memo.clear()
        stale: set[str] = set()
        for path in gone:
            stale |= self._remove(path)
        for path, digest, size, facts in written:
            stale |= self._write(path, digest, size, facts)
        for path in stale:
            if path in self.by_path:
                self._link(path)
        if self._dead > max(CLEAN_AFTER, self.live_chunks):
            self._clean()

    def _remove(self, path: str) -> set[str]:
        file = self.by_path.pop(path)
        self._forget(file)
        for term in file.path_terms:
            self.paths[term].discard(file.slot)
        if not file.skipped:
            self._places.remove(path)
        self._unlink(path)
        self.files[file.slot] = None
        self._free.append(file.slot)
        return self._concerned(path)

    def _write(self, path: str, digest: str, size: int, facts: Facts | None) -> set[str]:
        file, stale = self.by_path.get(path), {path}
        if file is None:
            file = self._new(path, size)
            if file.skipped:
                file.digest = digest
                return set()
            stale |= self._concerned(path)
        else:
            self._forget(file)
        file.digest, file.size, file.facts = digest, size, facts
        if facts is not None:
            self._learn(file, facts)
        return stale

    def _new(self, path: str, size: int) -> File:
        slot = self._free.pop() if self._free else len(self.files)
        file = File(path, "", size, slot, None, kinds.skipped_path(path, size))
        if not file.skipped:
            file.name, file.stem = _name(path)
            file.kinds, file.path_terms = kinds.kinds(path), path_terms(path)
            self._places.add(path)
        if slot == len(self.files):
            self.files.append(file)
        else:
            self.files[slot] = file
        self.by_path[path] = file
        for term in file.path_terms:
            self.paths.setdefault(term, set()).add(slot)
        return file

    def _learn(self, file: File, facts: Facts) -> None:
        file.first_chunk = len(self.chunk_slot)
        vocabulary, postings = facts.vocabulary, self.postings
        for number, chunk in enumerate(facts.chunks, file.first_chunk):
            self.chunk_slot.append(file.slot)
            self.chunk_length.append(min(chunk.length, 65535))
            first = number << TIMES_BITS
            for place, times in zip(array("H", chunk.terms), chunk.times, strict=True):
                entries = postings.get(vocabulary[place])
                if entries is None:
                    postings[vocabulary[place]] = array("I", (first | times,))
                else:
                    entries.append(first | times)
        for term in facts.names:
            self.names.setdefault(term, set()).add(file.slot)
        self.live_chunks += len(facts.chunks)
        self.total_length += facts.length
        self._referring[file.path] = facts.references

    def _forget(self, file: File) -> None:
        facts = file.facts
        if facts is None:
            return
        for number in range(file.first_chunk, file.first_chunk + len(facts.chunks)):
            self.chunk_slot[number] = DEAD
        for term in facts.names:
            self.names[term].discard(file.slot)
        self._dead += len(facts.chunks)
        self.live_chunks -= len(facts.chunks)
        self.total_length -= facts.length
        self._referring.pop(file.path, None)

    def _clean(self) -> None:
        """Takes the dead entries out of the lists, and numbers the living chunks anew."""
        moved: dict[int, int] = {}
        for number, slot in enumerate(self.chunk_slot):
            if slot != DEAD:
                moved[number] = len(moved)
        self.chunk_length = array("H", (self.chunk_length[number] for number in moved))
        self.chunk_slot = array("i", (self.chunk_slot[number] for number in moved))
        postings = {}
        for term, entries in self.postings.items():
            kept = [moved[e >> TIMES_BITS] << TIMES_BITS | e & TIMES for e in entries if e >> TIMES_BITS in moved]
            if kept:
                postings[term] = array("I", kept)
        self.postings, self._dead = postings, 0
        for file in self.live():
            if file.chunks:
                file.first_chunk = moved[file.first_chunk]

    def known(self) -> int:
        """How many files are indexed or need not be; counted once for a state of the project."""
        if self._known is None:
            self._known = sum(file.facts is not None or bool(file.skipped) for file in self.live())
        return self._known

    # --- links ----------------------------------------------------------------------------------------------------

    def _unlink(self, path: str) -> None:
        for other in self.out.pop(path, set()):
            self.into[other].discard(path)

    def _link(self, path: str) -> None:
        """Finds anew what a file refers to."""
        self._unlink(path)
        names = self._referring.get(path)
        if not names:
            return
        for name in names:
            for key in _keys(name):
                self._wanting.setdefault(key, set()).add(path)
        self.out[path] = self._places.of(path, names)
        for other in self.out[path]:
            self.into.setdefault(other, set()).add(path)

    def _concerned(self, path: str) -> set[str]:
        """The files whose references may mean something else, now that a path came or went."""
        *folders, name = path.lower().split("/")
        keys = {
            JOINTS.sub("", name.partition(".")[0]),
            *(JOINTS.sub("", folder) for folder in folders[-1:]),
        }
        found: set[str] = set()
        for key in keys:
            found |= self._wanting.get(key, set())
        return found

    def neighbours(self) -> dict[int, list[int]]:
        """The links of all files that have any, as slots; made once for a state of the project."""
        if self._near is None:
            slot = self.slots()
            linked = {path for path, others in self.out.items() if others} | {p for p, o in self.into.items() if o}
            self._near = {
                slot[path]: [slot[other] for other in self.around(path) if other in slot]
                for path in linked
                if path in slot
            }
        return self._near

    def slots(self) -> dict[str, int]:
        """path → slot of every file; made once for a state of the project."""
        if self._slots is None:
            self._slots = {path: file.slot for path, file in self.by_path.items()}
        return self._slots

    def folders(self) -> dict[str, list[int]]:
        """folder → the slots of the files right in it; made once for a state of the project."""
        if self._folders is None:
            self._folders = {}
            for path, slot in self.slots().items():
                self._folders.setdefault(path.rpartition("/")[0], []).append(slot)
        return self._folders

    def evened(self) -> dict[int, float]:
        """What a file with many links gives each, as slots; made once for a state of the project."""
        if self._evened is None:
            near = self.neighbours()
            self._evened = {slot: 1 / math.sqrt(1 + len(others)) for slot, others in near.items()}
        return self._evened

    def around(self, path: str) -> set[str]:
        """The files that a file refers to or is referred to by."""
        return self.out.get(path, set()) | self.into.get(path, set())


def _keys(name: str) -> set[str]:
    """The last two parts of a reference's name, as `_concerned` looks for them."""
    parts = [part for part in re.split(r"[/.]", name.lower()) if part]
    return {JOINTS.sub("", part) for part in parts[-3:]}


def difference(corpus: Corpus, now: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """(paths that are gone, paths of which the corpus lacks the version or the facts), for a listing path → digest."""
    gone = [path for path in corpus.by_path if path not in now]
    written = []
    for path, digest in now.items():
        file = corpus.by_path.get(path)
        if file is None or file.digest != digest or (file.facts is None and not file.skipped):
            written.append(path)
    return gone, written
