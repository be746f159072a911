"""Pace, titles, owners of leases: what a turn leans on."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from chat.titles import TITLE_CHARACTERS, title_of
from chat.turns import lease
from chat.turns.history import joined
from chat.turns.pace import LONGEST, Pace


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Bonjour", "Bonjour"),
        ("\n\n  Un titre  \nla suite", "Un titre"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 80 + "…"),
        ("mot " * 40, ("mot " * 19).strip() + " mot…"),
        ("a, " * 40, "a, " * 25 + "a…"),
        ("   \n\t ", ""),
    ],
)
def test_the_title_of_a_conversation(content: str, title: str) -> None:
    assert title_of(content) == title
    assert len(title_of(content)) <= TITLE_CHARACTERS + 1


def test_this_process_is_alive() -> None:
    owner = lease.new_owner()
    assert not lease.is_dead(owner)
    assert owner.startswith(f"{lease.this_place()}|{os.getpid()}|")


def test_a_process_that_is_gone_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{lease.this_place()}|{process.pid}|{lease.started_ticks(process.pid)}"
    assert not lease.is_dead(owner)
    process.communicate()
    assert lease.is_dead(owner)


def test_another_process_with_the_same_number_is_not_the_owner() -> None:
    place, pid, ticks = lease.new_owner().rsplit("|", 2)
    assert lease.is_dead(f"{place}|{pid}|{int(ticks) - 1}")


@pytest.mark.parametrize("owner", ["", "x", "||", "elsewhere/1/pid:[1]|1|1", "|1|1", "a|b|c|d"])
def test_where_it_cannot_be_known_the_lease_decides(owner: str) -> None:
    assert not lease.is_dead(owner)


@pytest.mark.parametrize("rest", ["|x|1", "|1|", "|-1|5"])
def test_owners_that_nobody_made(rest: str) -> None:
    assert not lease.is_dead(lease.this_place() + rest)


def test_pieces_of_one_answer_are_joined() -> None:
    selected = {"context": {"selection": {"path": "a.js", "text": "let a", "from_line": 1, "to_line": 2}}}
    rows = [
        (1, "user", "a", None, None),
        (2, "assistant", "b", None, {"error": None}),
        (3, "assistant", "c", 2, {}),
        (4, "user", "d", None, selected),
    ]
    assert joined(rows) == (
        [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "bc"},
            {"role": "user", "content": "d\n\n```a.js:1-2\nlet a\n```"},
        ],
        [1, 3, 4],
    )


def test_a_continuation_whose_beginning_is_out_of_sight() -> None:
    assert joined([(3, "assistant", "c", 2, None)]) == ([{"role": "assistant", "content": "c"}], [3])


async def test_everybody_who_waits_is_woken_at_one_beat() -> None:
    pace = Pace()
    async with asyncio.timeout(5):
        waiting = [asyncio.ensure_future(pace.beat()) for _ in range(20)]
        await asyncio.sleep(0)
        timers = len(pace._slots)
        await asyncio.gather(*waiting)
    assert timers <= 3
    assert not pace._slots


async def test_a_beat_survives_those_who_do_not_wait_for_it() -> None:
    pace = Pace()
    gone, there = (asyncio.ensure_future(pace.beat()) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(5):
        await there


def test_with_a_crowd_the_beat_slows_down_and_no_further() -> None:
    pace = Pace()
    alone = pace._seconds()
    pace._waiting = 100
    assert alone < pace._seconds() < LONGEST
    pace._waiting = 100_000
    assert pace._seconds() == LONGEST
