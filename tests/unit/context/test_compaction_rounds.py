"""Messages that are too many for one request: every one of them is read, and no request takes more than its room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat.context.compaction import Due, Summary, block, chosen
from chat.context.compaction_rounds import put_together, rounds
from chat.context.history import PER_MESSAGE
from tests.unit.context.test_compaction import talk, words


def no_facts(up_to: int) -> tuple[str, ...]:
    """Nothing was proposed."""
    return ()


DUE = Due(0, 400)


def test_what_fits_into_one_request_is_one_and_takes_the_former_into_account() -> None:
    found = rounds(["Le titre est bleu."], talk(20), "fr", DUE, 4_000, 24, words)
    assert (len(found), found.whole, found.merges) == (1, True, False)
    assert "Le titre est bleu." in found.slices[0].messages[1]["content"]
    assert found.slices[0].count == 20


def test_more_are_read_in_slices_and_put_together() -> None:
    found = rounds(["Le titre est bleu."], talk(500, 10), "fr", DUE, 2_000, 24, words)
    assert not found.whole
    assert found.merges
    assert sum(each.count for each in found.slices) == 500
    said = "".join(each.messages[1]["content"] for each in found.slices)
    assert all(f"message{n} " in said for n in range(500))
    assert "Le titre est bleu." not in said
    # the summaries of all slices, and the one before, have room in one request
    merged = put_together(["mot " * each.tokens for each in found.slices], "fr", DUE, 2_000, words)
    assert merged is not None
    assert "…" not in merged.messages[1]["content"]
    assert found.merge_tokens <= 2_000 - DUE.tokens


def test_messages_are_cut_before_there_are_too_many_requests() -> None:
    long = rounds([], talk(500, 60), "fr", DUE, 2_000, 24, words)
    assert long.merges
    assert len(long) <= 24
    some = rounds([], talk(500, 60), "fr", DUE, 2_000, 4, words)
    assert (len(some.slices), some.merges) == (4, False)
    assert 0 < sum(each.count for each in some.slices) < 500


def test_several_summaries_alone_are_put_together() -> None:
    found = rounds(["Bleu.", "Rouge."], [], "fr", DUE, 2_000, 24, words)
    assert (found.slices, found.merges) == ([], True)
    assert not len(rounds(["Bleu."], [], "fr", DUE, 2_000, 24, words))
    assert not len(rounds([], talk(20), "fr", DUE, 420, 24, words))


@given(
    st.lists(st.text(alphabet="a b\n`~", max_size=600), min_size=1, max_size=60),
    st.lists(st.text(alphabet="a b", max_size=300), max_size=4),
    st.integers(200, 1_500),
    st.integers(1, 6),
)
def test_no_request_takes_more_than_its_room(texts: list[str], parts: list[str], budget: int, calls: int) -> None:
    messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    due = Due(len(messages), 160)
    found = rounds(parts, messages, "fr", due, budget, calls, words)
    asked = [*found.slices, *filter(None, [put_together(parts, "fr", due, budget, words)])]
    for each in asked:
        assert sum(words(message["content"]) + PER_MESSAGE for message in each.messages) + each.tokens <= budget
    assert sum(each.count for each in found.slices) <= len(messages)
    assert len(found) <= max(calls, 1)


def test_of_several_texts_each_keeps_its_beginning() -> None:
    parts = [f"partie{n} " + "mot " * 200 for n in range(5)]
    text = block(Summary("\n\n".join(parts), 42, parts=parts), "fr", 200, words)
    assert all(f"partie{n} " in text for n in range(5))
    assert words(text) <= 200


def test_as_little_of_a_summary_as_will_do() -> None:
    messages = talk(40)
    known = [Summary("Bleu.", 10 * n, covers=10 * n) for n in range(1, 4)]
    cost = sum(len(message["content"].split()) + PER_MESSAGE for message in messages)
    assert chosen(known, messages, 0, cost * 2, words, no_facts) is None
    assert chosen(known, messages, 0, cost, words, no_facts) is known[0]
    assert chosen(known, messages, 0, int(cost * 0.7), words, no_facts) is known[1]
    assert chosen(known, messages, 0, 100, words, no_facts) is known[2]
    # where there is more before the messages at hand, they are not all that there is
    assert chosen(known, messages, 1, cost * 2, words, no_facts) is known[0]
    assert chosen([], messages, 1, cost * 2, words, no_facts) is None


def test_a_few_messages_more_are_not_worth_a_summary_in_pieces() -> None:
    messages = talk(40)
    pieces = ["mot " * 60] * 4
    known = [Summary("\n\n".join(pieces), 18, covers=18, parts=pieces), Summary("Bleu.", 20, covers=20)]
    cost = sum(len(message["content"].split()) + PER_MESSAGE for message in messages)
    assert chosen(known, messages, 0, cost, words, no_facts) is known[1]
    few = [Summary("\n\n".join(pieces), 10, covers=10, parts=pieces), known[1]]
    assert chosen(few, messages, 0, int(cost * 1.09), words, no_facts) is few[0]
    assert chosen(few, messages, 0, 600, words, no_facts) is few[1]  # the pieces do not go in whole
    assert chosen([Summary("Bleu.", 18, covers=18), known[1]], messages, 0, cost, words, no_facts) is not known[1]


def test_a_long_request_alone_changes_nothing() -> None:
    """Else the beginning of a prompt would change to and fro."""
    messages = talk(40)
    cost = sum(len(message["content"].split()) + PER_MESSAGE for message in messages)
    known = [Summary("Bleu.", 20, covers=20)]
    assert chosen(known, messages, 0, int(cost * 1.05), words, no_facts) is known[0]
