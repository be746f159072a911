"""Giving back what a library has read once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chat.llm.resident import give_back

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="madvise and /proc are Linux's")

#: In a process of its own: how much of the library's file is resident before and after, and whether it still works.
SCRIPT = """
from pathlib import Path
from chat.llm import tokens
from chat.llm.resident import give_back

def resident(name):
    kib, ours = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        word, *rest = line.split()
        if not word.endswith(":"):
            ours = bool(rest) and rest[-1].endswith(name)
        elif ours and word == "Rss:":
            kib += int(rest[0])
    return kib

bindings = tokens._bindings()
counter = bindings.tokenizer_for_encoding("cl100k_base")
before, count = resident(Path(bindings.__file__).name), counter.count("hello world")
given = give_back(bindings.__file__)
after = resident(Path(bindings.__file__).name)
other = bindings.tokenizer_for_encoding("o200k_base").count("hello world")
print(before, after, given, count == counter.count("hello world") == other == 2)
"""


@linux
def test_the_pages_of_the_token_tables_are_given_back_and_come_again() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    before, after, given, works = done.stdout.split()
    assert works == "True"
    assert int(given) > 0
    assert int(before) - int(after) > 8 * 1024


@pytest.mark.parametrize("library", [None, "", "/nowhere/at/all.so", str(Path(__file__))])
def test_what_is_not_loaded_is_left_alone(library: str | None) -> None:
    assert give_back(library) == 0
