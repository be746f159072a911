"""Files as a plan reads them: those of the project, and those that proposals would make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class Files(Mapping[str, bytes]):
    """The project's files, read when they are needed: all paths are known, bytes come from `read`."""

    def __init__(self, paths: Iterable[str], read: Callable[[Sequence[str]], Mapping[str, bytes]]) -> None:
        self._paths = dict.fromkeys(paths)
        self._read = read
        self._bytes: dict[str, bytes] = {}

    def fetch(self, paths: Iterable[str]) -> None:
        """Reads several at once."""
        wanted = [path for path in dict.fromkeys(paths) if path in self._paths and path not in self._bytes]
        if wanted:
            self._bytes.update(self._read(wanted))

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        self.fetch([path])
        return self._bytes[path]

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


class Tried(Mapping[str, bytes]):
    """The files as they would be after the actions so far."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._changed: dict[str, bytes | None] = {}

    def put(self, path: str, data: bytes | None) -> None:
        self._changed[path] = data

    def __getitem__(self, path: str) -> bytes:
        data = self._changed[path] if path in self._changed else self._files[path]
        if data is None:
            raise KeyError(path)
        return data

    def __contains__(self, path: object) -> bool:
        return self._changed[path] is not None if path in self._changed else path in self._files

    def __iter__(self) -> Iterator[str]:
        yield from (path for path in self._files if path not in self._changed)
        yield from (path for path, data in self._changed.items() if data is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
