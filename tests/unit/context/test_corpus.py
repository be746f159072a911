"""What is found out once for a state of a project is found out anew for the next."""

from __future__ import annotations

from chat.context.corpus import Corpus
from chat.context.facts import Facts


def _state(corpus: Corpus) -> tuple[set[str], set[str], int]:
    """Reads all that is remembered, as a query would."""
    return set(corpus.slots()), {folder for folder, slots in corpus.folders().items() if slots}, corpus.known()


def test_what_is_remembered_of_a_state_follows_the_files() -> None:
    corpus = Corpus()
    corpus.change([], [("app/one.py", "1", 10, Facts(lines=1))])
    assert _state(corpus) == ({"app/one.py"}, {"app"}, 1)
    corpus.change([], [("web/two.js", "2", 10, None)])
    assert _state(corpus) == ({"app/one.py", "web/two.js"}, {"app", "web"}, 1)  # the second is not indexed yet
    corpus.change([], [("web/two.js", "2", 10, Facts(lines=1))])
    assert _state(corpus)[2] == 2
    corpus.change(["app/one.py"], [])
    assert _state(corpus) == ({"web/two.js"}, {"web"}, 1)
