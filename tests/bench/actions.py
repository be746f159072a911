"""How long file actions take: planning, a search that finds nothing, decoding, applying.

DATABASE_URL=sqlite:////tmp/actions.sqlite3 python tests/bench/actions.py
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Took = tuple[float, float]
FILES, LINES, ROUNDS = 100, 500, 5
#: What issue and docs promise, in milliseconds.
LIMITS = {"plan": 200, "miss": 300, "miss-unicode": 300, "apply": 500}


def content(number: int) -> str:
    """A file of plausible lines, none like another file's."""
    return "".join(f"  const value{line} = compute({number}, {line * 7 % 1000});\n" for line in range(LINES))


def timed(work: Callable[[], Any], prepare: Callable[[], Any] = lambda: None) -> Took:
    """The medians of some rounds, in milliseconds: by the clock, and of CPU, which other work disturbs less."""
    clock, cpu = [], []
    for _ in range(ROUNDS):
        prepare()
        began, used = time.perf_counter(), time.process_time()
        work()
        clock.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return statistics.median(clock), statistics.median(cpu)


def planning() -> Took:
    """100 edits over 100 files of 500 lines."""
    from chat.actions.plan import Rules, plan
    from chat.actions.types import Edit, ModifyFile
    from projects import paths

    files = {f"src/f{number}.js": content(number).encode() for number in range(FILES)}
    items = [
        ModifyFile(f"src/f{number}.js", (Edit(line(number, 250), "  done();\n"),), position=number)
        for number in range(FILES)
    ]
    rules = Rules(check_path=paths.parse, check_together=paths.check_together)
    assert plan(files, items, rules).ok
    return timed(lambda: plan(files, items, rules))


def line(number: int, at: int) -> str:
    """One line of a file."""
    return content(number).split("\n")[at] + "\n"


def miss(word: str) -> Took:
    """A search that finds nothing in 60,000 lines, and says what comes closest."""
    from chat.actions.matching import apply_edits
    from chat.actions.types import ActionError, Edit

    text = "".join(f"{word} {number} = compute({number * 7 % 1000}, 'text')\n" for number in range(60_000))
    edits = [Edit(f"{word} 4000x = compute(0 'text')\nnothing like this\n", "x\n")]
    result = apply_edits(text, edits)
    assert isinstance(result, ActionError)
    assert result.nearest[0][0] == 4_001, result.nearest
    return timed(lambda: apply_edits(text, edits))


def decoding() -> Took:
    """A call of 100 kB in pieces of 4 characters."""
    from chat.actions.collect import Proposals
    from chat.actions.tools import ToolDecoder
    from chat.llm.base import ToolCallDelta

    text = json.dumps({"path": "a.js", "content": content(0) * 5})[:100_000]
    pieces = [ToolCallDelta(0, "id", "create_file", text[at : at + 4]) for at in range(0, len(text), 4)]

    def work() -> None:
        decoder = ToolDecoder(Proposals())
        for piece in pieces:
            decoder.feed(piece)

    return timed(work)


def applying() -> Took:
    """100 files in one transaction."""
    from chat.actions import review, rows
    from chat.actions.plan import Rules, plan
    from chat.actions.types import Edit, ModifyFile
    from chat.actions.ways import Choice
    from chat.models import AIConversation, AIMessage
    from projects.files import Write, commit
    from projects.models import Project

    project = Project.objects.get(pk=1)
    files = {f"src/f{number}.js": content(number).encode() for number in range(FILES)}
    begin = [Write(path, data) for path, data in files.items()]
    made: list[Any] = []

    def prepare() -> None:
        commit(project, project.owner, begin, origin="user", message="begin")
        conversation = AIConversation.objects.create(project=project, title="bench")
        message = AIMessage.objects.create(conversation=conversation, role="assistant", content="")
        items = [
            ModifyFile(path, (Edit(line(number, 250), "  done();\n"),), position=number)
            for number, path in enumerate(files)
        ]
        made[:] = [message, rows.insert(message.pk, plan(files, items, Rules()).actions)]

    def work() -> None:
        message, actions = made
        choices = [Choice(action.pk, action.hash) for action in actions]
        review.apply(message, choices, review.Decision(project.owner, "bench"), whole=True)

    return timed(work, prepare)


def main() -> None:
    """Command line."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
    import django

    django.setup()
    results = [
        ("plan", "100 edits over 100 files of 500 lines", planning()),
        ("miss", "a miss in 60,000 lines, with nearest lines", miss("const line")),
        ("miss-unicode", "the same in text with accents", miss("const ligné")),
        ("decode", "100 kB of arguments in pieces of 4 characters", decoding()),
        ("apply", "100 files in one transaction", applying()),
    ]
    print(f"{'':51} ms  CPU-ms")
    for name, what, (took, cpu) in results:
        limit = LIMITS.get(name)
        kept = " " if limit is None else "✓" if took <= limit else "✗"
        print(f"  {kept} {what:<44} {took:7.0f} {cpu:7.0f}{f'   at most {limit}' if limit else ''}")


if __name__ == "__main__":
    main()
