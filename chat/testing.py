"""For the tests and demos of a site that embeds chat: a model that says what it is told, a project in memory.

    from chat.testing import Script, scripted

    @pytest.mark.django_db
    def test_my_page(client, project):  # a project of your site; its owner is logged in
        client.force_login(project.owner)
        with scripted(Script.text("Bonjour")) as model:
            reply = client.post("/api/chat/message", {"project_id": project.pk, "content": "Salut"},
                                content_type="application/json")
        assert reply.json()["message"]["content"] == "Bonjour"
        assert model.requests[0].messages[-1]["content"] == "Salut"

It works in `TestCase` and with Django's synchronous test client: a turn then runs inside the request, on the
test's own database connection.  For streams use `AsyncClient`, or a live server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from typing import Any, ClassVar

from django.conf import settings as django_settings
from django.test.utils import override_settings

from chat.llm.scripted import Script, ScriptedProvider
from chat.workspace import (
    FileChange,
    FileEntry,
    MoveFile,
    PastChange,
    ProjectDescription,
    RemoveFile,
    SearchHit,
    WorkspaceError,
    WriteFile,
)

__all__ = ["MemoryWorkspace", "Script", "ScriptedProvider", "scripted"]


@contextmanager
def scripted(*scripts: Script, **settings: Any) -> Iterator[ScriptedProvider]:
    """Puts a scripted model in the place of all others; `settings` are further keys of `CHAT`."""
    provider = ScriptedProvider(scripts)
    providers = {"scripted": {"BACKEND": lambda: provider}}
    chat = {**django_settings.CHAT, **settings, "PROVIDERS": providers, "DEFAULT_MODEL": "scripted"}
    with override_settings(CHAT=chat):
        yield provider


class MemoryWorkspace:
    """A project that is a dictionary of paths and texts: subclass it with your own `files`, or pass them.

    What is committed stays for as long as the process, for every workspace of the same class and project; `forget()`
    begins anew.  `revisions` are the commits, oldest first.
    """

    files: Mapping[str, str] = {}
    _projects: ClassVar[dict[tuple[type, Any], tuple[dict[str, bytes], list[dict[str, Any]]]]] = {}

    def __init__(self, project: Any, files: Mapping[str, str] | None = None) -> None:
        self._name = str(getattr(project, "name", project))
        key = (type(self), getattr(project, "pk", self._name))
        self.key = f"{type(self).__qualname__}:{key[1]}"
        if files is not None:
            self._projects.pop(key, None)
        texts = self.files if files is None else files
        begin: dict[str, bytes] = {path: text.encode() for path, text in texts.items()}
        self._files, self.revisions = self._projects.setdefault(key, (begin, []))

    @classmethod
    def forget(cls) -> None:
        """Every project of this class is as it was in the beginning."""
        for key in [key for key in cls._projects if key[0] is cls]:
            del cls._projects[key]

    def describe(self) -> ProjectDescription:
        """The project's name; nothing else is known."""
        return ProjectDescription(self._name)

    def list_files(self) -> Sequence[FileEntry]:
        """Every file, by path."""
        return [FileEntry(path, len(data), _digest(data)) for path, data in sorted(self._files.items())]

    def read_files(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The bytes of files; one that is not there is left out."""
        return {path: self._files[path] for path in paths if path in self._files}

    def read_digests(self, digests: Sequence[str]) -> Mapping[str, bytes]:
        """What is there now; nothing older is kept."""
        there = {_digest(data): data for data in self._files.values()}
        return {digest: there[digest] for digest in digests if digest in there}

    def changes(self, limit: int) -> Sequence[PastChange]:
        """What was committed here, newest first."""
        states = [{}, *(revision["files"] for revision in self.revisions)]
        made = [
            PastChange(str(revision["message"]), tuple(path for path, _ in before.items() ^ revision["files"].items()))
            for before, revision in zip(states, self.revisions, strict=False)
        ]
        return made[::-1][:limit]

    def search(self, text: str, include: str, limit: int) -> Sequence[SearchHit]:
        """Lines that have the text."""
        found = [
            SearchHit(path, number, line)
            for path, data in sorted(self._files.items())
            for number, line in enumerate(data.decode(errors="replace").splitlines(), 1)
            if text.lower() in line.lower() and fnmatch(path, include or "*")
        ]
        return found[:limit]

    def check_path(self, path: str) -> str:
        """Refuses what leads out of the project, and little else: a real host has more to look at."""
        if not path or path.startswith("/") or {"..", ".", ""} & set(path.split("/")):
            raise WorkspaceError("bad_path", path=path)
        return path

    def check_names(self, added: Iterable[str], there: Iterable[str]) -> None:
        """Any names can stand beside each other."""

    def protected(self) -> Sequence[str]:
        """None of its own."""
        return ()

    def lock(self) -> None:
        """One test, one thread: nothing to lock."""

    def commit(
        self,
        changes: Sequence[FileChange],
        *,
        user: Any,
        base: Mapping[str, str | None],
        origin: str,
        message: str,
    ) -> int | None:
        """All or none of the changes."""
        for path, digest in base.items():
            if (_digest(self._files[path]) if path in self._files else None) != digest:
                raise WorkspaceError("stale", path=path)
        made = dict(self._files)
        for change in changes:
            self._apply(made, change)
        if made == self._files:
            return None
        self._files.clear()
        self._files.update(made)
        self.revisions.append({"user": user, "origin": origin, "message": message, "files": dict(made)})
        return len(self.revisions)

    def merge(self, base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
        """Only where one side has changed nothing."""
        if mine in {theirs, base}:
            return theirs
        return mine if theirs == base else None

    def _apply(self, files: dict[str, bytes], change: FileChange) -> None:
        self.check_path(change.path)
        if isinstance(change, WriteFile):
            files[change.path] = change.data
        elif change.path not in files:
            raise WorkspaceError("missing_file", path=change.path)
        elif isinstance(change, RemoveFile):
            del files[change.path]
        elif isinstance(change, MoveFile):
            if self.check_path(change.to) in files:
                raise WorkspaceError("path_conflict", path=change.to)
            files[change.to] = files.pop(change.path)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
