"""Memory that a library has read once and keeps resident.

A library's file is mapped, not copied: pages that were read count as the process's memory until the kernel runs short.
`madvise(MADV_DONTNEED)` gives them back at once; whoever reads them again gets them from the file (madvise(2)).
"""

from __future__ import annotations

import ctypes
import logging
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

#: Of the line of a mapping: addresses, permissions, offset, device, inode, path.
COLUMNS = 6


def give_back(library: str | None) -> int:
    """Gives back the pages of a loaded library that are as in its file; how many bytes of address space that were.

    Elsewhere than on Linux, and where the kernel refuses, nothing happens.
    """
    if not library or not sys.platform.startswith("linux"):
        return 0
    try:
        advise = ctypes.CDLL(None, use_errno=True).madvise
        advise.argtypes, advise.restype = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int), ctypes.c_int
        return sum(size for at, size in _clean(library) if advise(at, size, mmap.MADV_DONTNEED) == 0)
    except (OSError, AttributeError, ValueError) as error:
        logger.debug("the pages of %s stay: %s", library, error)
        return 0


def _clean(library: str) -> Iterator[tuple[int, int]]:
    """Where a file is mapped, can't be written, and no page was (proc(5), smaps): what was written would be lost.

    Not being writable is not enough: a linker writes addresses into pages and only then makes them read-only (RELRO).
    """
    real, place = str(Path(library).resolve()), None
    with Path("/proc/self/smaps").open() as mappings:
        for line in mappings:
            name, *words = line.split(maxsplit=COLUMNS - 1)
            if not name.endswith(":"):
                ours = len(words) == COLUMNS - 1 and words[-1].rstrip("\n") == real and words[0].startswith("r-")
                place = _place(name) if ours else None
            elif name == "Anonymous:" and place is not None and words[0] == "0":
                yield place


def _place(addresses: str) -> tuple[int, int]:
    start, end = (int(part, 16) for part in addresses.split("-"))
    return start, end - start
