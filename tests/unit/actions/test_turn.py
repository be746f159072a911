"""One proposal for one file, over all the model calls of a turn (chat/actions/collect.py)."""

from __future__ import annotations

import json
from typing import Any

from chat.actions.collect import Proposals
from chat.actions.plan import plan
from chat.actions.tools import ToolDecoder
from chat.actions.types import ActionError, Bad, CreateFile, Decoded, Edit, ModifyFile, Plan, Started
from chat.llm.base import ToolCallDelta
from tests.unit.actions.parts import JS, create, edit
from tests.unit.actions.running import RULES

FILES = {"a.js": JS, "b.js": b"let b;\n"}


class Turn:
    """The model calls of a turn, as the turn makes them."""

    def __init__(self) -> None:
        self.proposals = Proposals()

    def call(self, *calls: tuple[str, Any], cut: bool = False) -> list[Decoded]:
        self.proposals.next_call()
        decoder = ToolDecoder(self.proposals)
        decoded: list[Decoded] = []
        for number, (name, arguments) in enumerate(calls):
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            decoded += decoder.feed(ToolCallDelta(number, f"id{number}", name, text))
        self.positions = decoder.positions
        return decoded + decoder.finish(cut=cut)

    def plan(self) -> Plan:
        planned = plan(FILES, self.proposals.items(), RULES)
        self.proposals.failed({action.position: action.error for action in planned.actions if action.error})
        return planned

    def edits(self) -> list[tuple[Edit, ...]]:
        return [item.edits for item in self.proposals.items() if isinstance(item, ModifyFile)]


def codes(planned: Plan) -> list[str | None]:
    return [action.error.code if action.error else None for action in planned.actions]


def test_a_second_try_takes_the_place_of_the_first() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 9", "return 3")), create("c.js", "x\n"))
    assert codes(turn.plan()) == ["no_match", None]
    started = turn.call(edit("a.js", ("return 1", "return 3")))
    assert started[0] == Started(0, "modify_file", "a.js")
    assert codes(turn.plan()) == [None, None]
    assert turn.plan().files() == {"a.js": JS.replace(b"1", b"3"), "c.js": b"x\n"}


def test_a_second_try_keeps_the_edits_that_were_good() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 1", "return 3"), ("return 9", "return 4")))
    planned = turn.plan()
    assert planned.actions[0].error is not None
    assert planned.actions[0].error.values["wrong"] == [2]
    turn.call(edit("a.js", ("return 2", "return 4")))
    assert turn.plan().files() == {"a.js": JS.replace(b"1", b"3").replace(b"2", b"4")}


def test_a_second_try_may_say_all_of_it_again() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 1", "return 3"), ("return 9", "return 4")))
    turn.plan()
    turn.call(edit("a.js", ("return 1", "return 3"), ("return 2", "return 4")))
    assert turn.plan().files() == {"a.js": JS.replace(b"1", b"3").replace(b"2", b"4")}


def test_a_whole_file_may_replace_edits_that_failed() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 9", "return 3")))
    turn.plan()
    turn.call(create("a.js", "let a;\n"))
    assert turn.plan().files() == {"a.js": b"let a;\n"}


def test_a_path_that_was_the_mistake_is_replaced_by_the_right_one() -> None:
    turn = Turn()
    turn.call(edit("A.js", ("return 1", "return 3")))
    planned = turn.plan()
    assert planned.actions[0].error == ActionError("missing_file", {"similar": ["a.js"]})
    turn.call(edit("a.js", ("return 1", "return 3")))
    assert [action.path for action in turn.plan().actions] == ["a.js"]
    assert turn.plan().ok


def test_a_failed_proposal_stays_when_nothing_replaces_it() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 9", "return 3")))
    turn.plan()
    turn.call(create("c.js", "x\n"))
    assert codes(turn.plan()) == ["no_match", None]


def test_malformed_calls_are_replaced_and_good_ones_beside_them_kept() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 1", "return 3")), ("modify_file", '{"path": "a.js", "edits": [{'))
    assert codes(turn.plan()) == ["malformed"]
    turn.call(edit("a.js", ("return 2", "return 4")))
    assert turn.plan().files() == {"a.js": JS.replace(b"1", b"3").replace(b"2", b"4")}


def test_a_later_call_goes_on_with_its_own_proposal() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 1", "return 3")))
    turn.plan()
    turn.call(edit("a.js", ("return 3", "return 5")))
    assert turn.plan().files() == {"a.js": JS.replace(b"1", b"5")}
    assert len(turn.plan().actions) == 1


def test_a_later_call_edits_the_file_that_the_turn_proposes() -> None:
    turn = Turn()
    turn.call(create("c.js", "let c = 1;\n"))
    turn.plan()
    turn.call(edit("c.js", ("1", "2")))
    assert turn.plan().files() == {"c.js": b"let c = 2;\n"}
    assert isinstance(turn.proposals.items()[0], CreateFile)


def test_a_wrong_edit_of_a_proposed_file_loses_nothing() -> None:
    turn = Turn()
    turn.call(create("c.js", "let c = 1;\n"))
    turn.plan()
    turn.call(edit("c.js", ("9", "2")))
    assert isinstance(turn.proposals.items()[0], Bad)
    assert codes(turn.plan()) == ["no_match"]
    turn.call(edit("c.js", ("1", "2")))
    assert turn.plan().files() == {"c.js": b"let c = 2;\n"}


def test_a_later_whole_file_replaces_the_first() -> None:
    turn = Turn()
    turn.call(create("c.js", "one\n"))
    turn.plan()
    turn.call(create("c.js", "two\n"))
    assert turn.plan().files() == {"c.js": b"two\n"}


def test_edits_and_a_content_in_one_answer_are_a_contradiction() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 1", "return 3")), ("modify_file", {"path": "a.js", "content": "x\n"}))
    assert codes(turn.plan()) == ["duplicate"]


def test_a_cut_call_spoils_the_edits_beside_it() -> None:
    turn = Turn()
    cut = '{"path": "a.js", "edits": [{"search": "return 2", "replace": "ret'
    turn.call(edit("a.js", ("return 1", "return 3")), ("modify_file", cut), cut=True)
    assert codes(turn.plan()) == ["incomplete"]


def test_every_call_knows_its_proposal() -> None:
    turn = Turn()
    turn.call(edit("a.js", ("return 1", "x")), ("list_files", "{}"), edit("a.js", ("return 2", "y")), ("nope", "{}"))
    assert turn.positions == {"id0": 0, "id2": 0, "id3": 1}
