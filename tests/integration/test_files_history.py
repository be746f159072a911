"""Looking at a project's history and going back in it (projects/history.py, projects/revert.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from projects import history, tree
from projects.content import digest_of
from projects.draft import Change
from projects.errors import Conflict, FilesError, PathError
from projects.files import Delete, Rename, Write, commit
from projects.models import Project, ProjectFile, Revision
from projects.revert import Settled, revert

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

LINES = b"one\ntwo\nthree\nfour\nfive\n"


@pytest.fixture
def empty(alice: User) -> Project:
    return Project.objects.create(name="Vide", owner=alice)


def contents(project: Project) -> dict[str, bytes]:
    return tree.read(project, list(project.files.values_list("path", flat=True)))


def do(project: Project, *changes: Change) -> int:
    made = commit(project, project.owner, changes)
    assert made is not None
    return made.number


class TestLooking:
    def test_the_list_says_who_why_and_how_much(self, empty: Project, alice: User, django_assert_num_queries) -> None:
        commit(empty, alice, [Write("a", b"1"), Write("b", b"1")], message="Deux fichiers")
        commit(empty, None, [Write("a", b"2")], origin="assistant")
        with django_assert_num_queries(1):
            found = [
                (r.number, r.author and r.author.username, r.origin, r.message, r.change_count)
                for r in history.revisions(empty)
            ]
        assert found == [(2, None, "assistant", "", 1), (1, "alice", "user", "Deux fichiers", 2)]

    def test_one_files_history(self, empty: Project) -> None:
        for change in (Write("a", b"1"), Write("b", b"1"), Write("a", b"2"), Delete("a"), Write("a", b"3")):
            do(empty, change)
        assert [r.number for r in history.revisions(empty, path="a")] == [5, 4, 3, 1]
        assert [r.number for r in history.revisions(empty, path="a", before=4)] == [3, 1]
        assert [r.number for r in history.revisions(empty, path="a\0")] == []

    def test_another_projects_history_is_another(self, empty: Project, project: Project) -> None:
        do(empty, Write("a", b"1"))
        assert history.revisions(empty).count() == 1
        assert history.state(empty, 1) == {"a": digest_of(b"1")}
        assert history.was_here(empty, digest_of(b"1"))
        assert not history.was_here(project, digest_of(b"1"))
        with pytest.raises(FilesError):
            history.state(empty, 2)

    def test_two_states_are_compared_and_renames_found(self, empty: Project) -> None:
        do(empty, Write("a", b"1"), Write("b", b"2"), Write("c", b"3"))
        do(empty, Rename("a", "z"), Write("b", b"22"), Delete("c"))
        found = history.compare(history.state(empty, 1), history.state(empty, 2))
        assert [(d.path, d.renamed_from, bool(d.before), bool(d.after)) for d in found] == [
            ("a", "", True, False), ("b", "", True, True), ("c", "", True, False), ("z", "a", False, True),
        ]  # fmt: skip

    def test_a_replay_that_does_not_fit_is_noticed(self, empty: Project) -> None:
        do(empty, Write("a", b"1"))
        do(empty, Write("a", b"2"))
        empty.revisions.get(number=1).changes.update(after=digest_of(b"2"))
        with pytest.raises(AssertionError):
            history.replay(empty)

    def test_what_was_deleted_is_listed_and_what_was_renamed_is_not(self, empty: Project) -> None:
        do(empty, Write("a", b"1"), Write("b", b"2"), Write("c", b"3"))
        do(empty, Delete("a"))
        do(empty, Rename("b", "z"), Delete("c"))
        do(empty, Write("c", b"again"))
        assert [(change.path, change.revision.number) for change in history.deleted(empty)] == [("a", 2)]


class TestGoingBack:
    def test_the_project_comes_back_as_a_new_revision(self, empty: Project, alice: User) -> None:
        do(empty, Write("a", b"1"), Write("b", b"1"))
        do(empty, Delete("a"), Write("b", b"2"), Write("c", b"3"))
        made = history.restore(empty, alice, 1)
        assert made is not None
        assert (made.number, made.origin) == (3, "restore")
        assert contents(empty) == {"a": b"1", "b": b"1"}
        assert history.restore(empty, alice, 1) is None

    def test_one_file_comes_back_and_the_others_stay(self, empty: Project) -> None:
        do(empty, Write("a", b"1"), Write("b", b"1"))
        do(empty, Write("a", b"2"), Write("b", b"2"))
        history.restore(empty, None, 1, path="a")
        assert contents(empty) == {"a": b"1", "b": b"2"}
        with pytest.raises(FilesError):
            history.restore(empty, None, 1, path="never")

    def test_a_deleted_file_is_back(self, empty: Project) -> None:
        do(empty, Write("a", b"1"))
        do(empty, Write("a", b"2"))
        do(empty, Delete("a"))
        do(empty, Write("b", b"later"))
        history.undelete(empty, None, "a")
        assert contents(empty) == {"a": b"2", "b": b"later"}
        with pytest.raises(FilesError):
            history.undelete(empty, None, "never")

    def test_it_is_not_put_in_the_way_of_another(self, empty: Project) -> None:
        do(empty, Write("a", b"1"))
        do(empty, Delete("a"), Write("A", b"2"))
        with pytest.raises(PathError):
            history.undelete(empty, None, "a")
        assert contents(empty) == {"A": b"2"}

    def test_a_long_gone_limit_does_not_matter_to_what_is_kept(self, empty: Project, settings) -> None:
        do(empty, Write("a", b"12345"))
        do(empty, Write("a", b"1"))
        settings.FILES = {"MAX_TEXT_BYTES": 2}
        assert history.restore(empty, None, 1) is not None


REVERTS: list[tuple[str, list[list[Change]], dict[str, bytes] | None]] = [
    ("a creation", [[Write("a", b"1")], [Write("b", b"2")]], {"b": b"2"}),
    ("a creation that was deleted since", [[Write("a", b"1")], [Delete("a"), Write("b", b"2")]], {"b": b"2"}),
    ("a creation that was edited since", [[Write("a", b"1")], [Write("a", b"2")]], None),
]
LATER: list[tuple[str, list[Change], list[Change], dict[str, bytes] | None]] = [
    ("an edit", [Write("a", b"x")], [], {"a": LINES}),
    ("an edit, edited elsewhere since", [Write("a", LINES.replace(b"one", b"ONE"))],
     [Write("a", b"ONE\ntwo\nthree\nfour\nFIVE\n")], {"a": b"one\ntwo\nthree\nfour\nFIVE\n"}),
    ("an edit, edited in the same line", [Write("a", LINES.replace(b"one", b"ONE"))],
     [Write("a", LINES.replace(b"one", b"UNO"))], None),
    ("an edit of a file that is gone", [Write("a", b"x")], [Delete("a")], None),
    ("an edit that was undone by hand", [Write("a", b"x")], [Write("a", LINES), Write("b", b"2")],
     {"a": LINES, "b": b"2"}),
    ("a deletion", [Delete("a")], [Write("b", b"2")], {"a": LINES, "b": b"2"}),
    ("a deletion, made anew since", [Delete("a")], [Write("a", b"other")], None),
    ("a rename", [Rename("a", "b")], [], {"a": LINES}),
    ("a rename, edited since", [Rename("a", "b")], [Write("b", LINES.replace(b"one", b"ONE"))],
     {"a": LINES.replace(b"one", b"ONE")}),
    ("a rename with an edit, edited elsewhere since", [Rename("a", "b"), Write("b", LINES.replace(b"five", b"5"))],
     [Write("b", b"ONE\ntwo\nthree\nfour\n5\n")], {"a": b"ONE\ntwo\nthree\nfour\nfive\n"}),
    ("a rename, and the old name taken since", [Rename("a", "b")], [Write("a", b"other")], None),
    ("one of two files in the way", [Write("a", b"x"), Write("b", b"2")], [Write("b", b"3")], None),
    ("binary, changed since", [Write("a", b"\0x")], [Write("a", b"\0y")], None),
]  # fmt: skip


class TestReverting:
    @pytest.mark.parametrize(("name", "steps", "expected"), REVERTS, ids=[row[0] for row in REVERTS])
    def test_the_first_revision(self, empty: Project, name: str, steps: list[list[Change]], expected) -> None:
        for changes in steps:
            do(empty, *changes)
        self.check(empty, 1, expected)

    @pytest.mark.parametrize(("name", "undone", "later", "expected"), LATER, ids=[row[0] for row in LATER])
    def test_later_work_stays(
        self, empty: Project, name: str, undone: list[Change], later: list[Change], expected
    ) -> None:
        do(empty, Write("a", LINES))
        number = do(empty, *undone)
        if later:
            do(empty, *later)
        self.check(empty, number, expected)

    def check(self, project: Project, number: int, expected: dict[str, bytes] | None) -> None:
        before, count = contents(project), project.revisions.count()
        if expected is not None:
            revert(project, None, number)
            assert contents(project) == expected
        else:
            with pytest.raises(Conflict) as caught:
                revert(project, None, number)
            assert caught.value.conflicts
            assert (contents(project), project.revisions.count()) == (before, count)
        assert history.replay(project) == dict(ProjectFile.objects.values_list("path", "blob_id"))

    def test_a_conflict_shows_all_three_texts(self, empty: Project) -> None:
        do(empty, Write("a", b"before\n"))
        do(empty, Write("a", b"undone\n"))
        do(empty, Write("a", b"now\n"))
        with pytest.raises(Conflict) as caught:
            revert(empty, None, 2)
        (found,) = caught.value.conflicts
        assert {name: found[name]["text"] for name in ("base", "mine", "theirs")} == {
            "base": "undone\n", "mine": "before\n", "theirs": "now\n",
        }  # fmt: skip

    def test_an_undo_can_be_undone(self, empty: Project, alice: User) -> None:
        do(empty, Write("a", b"1"))
        do(empty, Write("a", b"2"), Write("b", b"2"))
        undo = revert(empty, alice, 2)
        assert isinstance(undo, Revision)
        assert contents(empty) == {"a": b"1"}
        revert(empty, alice, undo.number)
        assert contents(empty) == {"a": b"2", "b": b"2"}

    def test_twice_is_once(self, empty: Project) -> None:
        do(empty, Write("a", b"1"))
        do(empty, Write("a", b"2"))
        assert revert(empty, None, 2) is not None
        assert revert(empty, None, 2) is None


class TestSettling:
    """A conflict that the person decides, file by file."""

    @pytest.fixture
    def changed(self, empty: Project) -> Project:
        do(empty, Write("a", LINES), Write("b", LINES), Write("c", b"gone\n"))
        do(empty, Write("a", LINES.replace(b"two", b"TWO")), Write("b", LINES.replace(b"two", b"TWO")), Delete("c"))
        do(empty, Write("a", LINES.replace(b"two", b"2")), Write("b", LINES.replace(b"two", b"2")))
        return empty

    def test_each_file_goes_the_way_that_was_chosen(self, changed: Project, alice: User) -> None:
        seen = digest_of(LINES.replace(b"two", b"2"))
        settled = {"a": Settled("mine", seen), "b": Settled("theirs", seen)}
        assert revert(changed, alice, 2, settled=settled) is not None
        assert contents(changed) == {"a": LINES, "b": LINES.replace(b"two", b"2"), "c": b"gone\n"}

    def test_what_was_not_seen_is_not_decided(self, changed: Project, alice: User) -> None:
        seen = digest_of(LINES.replace(b"two", b"2"))
        with pytest.raises(Conflict) as caught:
            revert(changed, alice, 2, settled={"a": Settled("mine", seen), "b": Settled("mine", digest_of(b"other"))})
        assert [found["path"] for found in caught.value.conflicts] == ["b"]
        assert changed.revisions.count() == 3
