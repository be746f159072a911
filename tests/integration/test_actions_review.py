"""Applying, rejecting, undoing: all or nothing, once, by the right people, and never over somebody's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from chat import workspace
from chat.models import AIAction, AIConversation, AIMessage
from chat.workspace import ConversationNews
from projects import files, history
from projects.content import digest_of
from projects.models import Membership, Project, Revision
from tests.integration.proposals import answer_in, failed, files_of, propose, rename, write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

PAGE = b"<h1>un</h1>\n<p>deux</p>\n<p>trois</p>\n<p>quatre</p>\n<p>cinq</p>\n"
NEW_PAGE = PAGE.replace(b"un", b"UN").replace(b"cinq", b"CINQ")
STYLE = b"body { color: red }\n"


@pytest.fixture
def project(alice: User) -> Project:
    found = Project.objects.create(name="Site", owner=alice)
    files.commit(found, alice, [files.Write("index.html", PAGE), files.Write("style.css", STYLE)])
    return found


@pytest.fixture
def message(project: Project) -> AIMessage:
    return answer_in(project)


@pytest.fixture
def me(client: Client, alice: User) -> Client:
    client.force_login(alice)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def post(client: Client, address: str, body: Any = None) -> Any:
    return client.post(f"/api/chat/{address}", {} if body is None else body, content_type="application/json")


def apply_all(client: Client, message: AIMessage, actions: list[AIAction], **more: Any) -> Any:
    chosen = [{"id": action.pk, "hash": action.hash, **more} for action in actions]
    return post(client, f"messages/{message.pk}/apply", {"actions": chosen})


def save(project: Project, path: str, data: bytes) -> None:
    """Somebody saves a file in the editor."""
    files.commit(project, project.owner, [files.Write(path, data)])


def status_of(*actions: AIAction) -> list[str]:
    return [AIAction.objects.get(pk=action.pk).status for action in actions]


class TestApply:
    def test_a_turn_is_one_revision_that_names_message_and_person(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(
            message,
            write(0, "index.html", PAGE, NEW_PAGE),
            write(1, "Button.jsx", None, b"export const Button = 1\n"),
            write(2, "style.css", STYLE, None),
        )
        reply = apply_all(me, message, actions)
        assert reply.status_code == 200, reply.content
        body = reply.json()
        assert (body["success"], body["revision"]) == (True, 2)
        assert [action["status"] for action in body["actions"]] == ["completed"] * 3
        assert files_of(project) == {"index.html": NEW_PAGE, "Button.jsx": b"export const Button = 1\n"}
        made = Revision.objects.get(project=project, number=2)
        assert (made.origin, made.author) == ("assistant", project.owner)
        assert f"#{message.pk}" in made.message
        assert "Une page" in made.message
        row = AIAction.objects.get(pk=actions[0].pk)
        assert (row.revision, row.result, row.decided_by) == (2, {"revision": 2}, project.owner)
        assert row.executed_at is not None

    def test_the_list_has_no_contents_and_the_action_has_them(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        listed = me.get(f"/api/chat/conversations/{message.conversation_id}/messages").json()["messages"][-1]["actions"]
        assert listed[0]["path"] == "index.html"
        assert listed[0]["hunks"] == [[0, 1, 0, 1], [4, 5, 4, 5]]
        assert "after" not in listed[0]
        whole = me.get(f"/api/chat/actions/{action.pk}").json()
        assert (whole["before"], whole["after"]) == (PAGE.decode(), NEW_PAGE.decode())
        assert whole["current"] is None
        assert whole.items() >= listed[0].items()

    def test_the_file_as_it_is_now_is_told_when_it_has_moved_on(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        save(message.conversation.project, "index.html", b"anders\n")
        whole = me.get(f"/api/chat/actions/{action.pk}").json()
        assert (whole["current"], whole["current_digest"]) == ("anders\n", digest_of(b"anders\n"))

    def test_some_hunks(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        reply = post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "hunks": [1]})
        assert reply.status_code == 200
        assert files_of(message.conversation.project)["index.html"] == PAGE.replace(b"cinq", b"CINQ")
        assert reply.json()["actions"][0]["taken"] == [1]

    def test_a_hunk_that_is_not_there(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        reply = post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "hunks": [2]})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid")

    def test_the_same_hunk_twice_is_one_hunk(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        assert post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "hunks": [1, 1]}).status_code == 200
        assert files_of(message.conversation.project)["index.html"] == PAGE.replace(b"cinq", b"CINQ")

    def test_no_hunk_changes_nothing(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(
            message,
            write(0, "index.html", PAGE, NEW_PAGE),
            write(1, "new.txt", None, b"neu\n"),
            write(2, "style.css", STYLE, None),
            write(3, "empty.txt", None, b""),
        )
        before = files_of(project)
        reply = apply_all(me, message, actions, hunks=[])
        assert (reply.status_code, reply.json()["revision"]) == (200, None)
        assert files_of(project) == before
        (later,) = propose(answer := answer_in(project), write(0, "index.html", PAGE, NEW_PAGE))
        save(project, "index.html", b"my own\n")
        assert apply_all(me, answer, [later], hunks=[], settled=digest_of(b"my own\n")).status_code == 200
        assert files_of(project)["index.html"] == b"my own\n"

    def test_what_is_all_or_nothing_has_no_hunks(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(
            message,
            write(0, "new.txt", None, b"eins\nzwei\n"),
            write(1, "style.css", STYLE, None),
            rename(2, "index.html", "home.html", PAGE),
        )
        before = files_of(project)
        AIAction.objects.filter(pk__in=[action.pk for action in actions[:2]]).update(hunks=[[0, 0, 0, 1], [0, 0, 1, 2]])
        for action, hunks in zip(actions, ([0], [0], []), strict=True):
            reply = post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "hunks": hunks})
            assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid")
        assert files_of(project) == before

    def test_an_edited_proposal_keeps_mark_and_line_ends(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        old, new = "\ufeffa\r\nb\r\n".encode(), "\ufeffa\r\nB\r\n".encode()
        save(project, "crlf.txt", old)
        (action,) = propose(message, write(0, "crlf.txt", old, new))
        reply = post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "content": "a\nBB\n"})
        assert reply.json()["actions"][0]["edited"] is True
        assert files_of(project)["crlf.txt"] == "\ufeffa\r\nBB\r\n".encode()

    def test_a_file_that_has_moved_on_is_merged(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        save(project, "index.html", PAGE.replace(b"trois", b"TROIS"))
        assert apply_all(me, message, actions).status_code == 200
        assert files_of(project)["index.html"] == NEW_PAGE.replace(b"trois", b"TROIS")

    def test_a_rename_takes_along_what_was_edited_meanwhile(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, rename(0, "style.css", "css/style.css", STYLE))
        save(project, "style.css", b"body { color: blue }\n")
        assert apply_all(me, message, actions).status_code == 200
        assert files_of(project)["css/style.css"] == b"body { color: blue }\n"
        change = Revision.objects.get(project=project, number=3).changes.get(path="css/style.css")
        assert change.renamed_from == "style.css"


class TestEdited:
    """A person's own text in place of the proposal."""

    TEXT = PAGE.replace(b"deux", b"DEUX") + b"<p>six</p>\n"

    def test_what_was_written_is_shown_and_counted(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        assert me.get(f"/api/chat/actions/{action.pk}").json()["written"] is None
        chosen = {"hash": action.hash, "content": self.TEXT.decode()}
        (row,) = post(me, f"actions/{action.pk}/apply", chosen).json()["actions"]
        assert (row["edited"], row["added"], row["removed"]) == (True, 2, 1)
        written = {"before": PAGE.decode(), "after": self.TEXT.decode()}
        whole = me.get(f"/api/chat/actions/{action.pk}").json()
        assert (whole["written"], whole["after"]) == (written, NEW_PAGE.decode())

    def test_it_is_not_lost_by_an_undo(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "content": self.TEXT.decode()})
        written = {"before": PAGE.decode(), "after": self.TEXT.decode()}
        for _ in range(2):
            assert post(me, f"actions/{action.pk}/undo").status_code == 200
            assert me.get(f"/api/chat/actions/{action.pk}").json()["written"] == written
        post(me, f"actions/{action.pk}/undo")
        (row,) = post(me, f"actions/{action.pk}/reopen").json()["actions"]
        assert (row["status"], row["added"], row["removed"]) == ("pending", action.added, action.removed)

    def test_what_was_taken_in_part_is_counted_in_part(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        (action,) = propose(
            answer_in(message.conversation.project), write(0, "index.html", PAGE, b"UN\nDEUX\n" + PAGE[12:])
        )
        (row,) = post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "hunks": [0]}).json()["actions"]
        assert (row["added"], row["removed"], row["taken"]) == (2, 1, [0])


class TestNothingIsHalfDone:
    def test_a_conflict_writes_nothing_and_shows_all_sides(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE), write(1, "new.txt", None, b"neu"))
        mine = PAGE.replace(b"un", b"eins")
        save(project, "index.html", mine)
        reply = apply_all(me, message, actions)
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "conflict")
        (conflict,) = reply.json()["error"]["conflicts"]
        assert (conflict["id"], conflict["path"]) == (actions[0].pk, "index.html")
        assert [conflict[side]["text"] for side in ("base", "mine", "theirs")] == [
            PAGE.decode(), NEW_PAGE.decode(), mine.decode(),
        ]  # fmt: skip
        assert "new.txt" not in files_of(project)
        assert status_of(*actions) == ["pending", "pending"]

    def test_a_settled_conflict(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        save(project, "index.html", PAGE.replace(b"un", b"eins"))
        theirs = apply_all(me, message, actions).json()["error"]["conflicts"][0]["theirs"]
        reply = apply_all(me, message, actions, content="beides\n", settled=theirs["digest"])
        assert reply.status_code == 200
        assert files_of(project)["index.html"] == b"beides\n"

    def test_what_was_settled_on_another_text_is_a_conflict_again(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        save(project, "index.html", b"eins\n")
        reply = apply_all(me, message, actions, content="beides\n", settled=digest_of(b"something else"))
        assert reply.json()["error"]["code"] == "conflict"
        assert files_of(project)["index.html"] == b"eins\n"

    @pytest.mark.parametrize("theirs", [None, b"somebody's own\n"])
    def test_a_deleted_and_a_newly_made_file_are_conflicts(
        self, me: Client, message: AIMessage, theirs: bytes | None
    ) -> None:
        project = message.conversation.project
        if theirs is None:
            actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
            files.commit(project, None, [files.Delete("index.html")])
        else:
            actions = propose(message, write(0, "new.txt", None, b"model's\n"))
            save(project, "new.txt", theirs)
        before = files_of(project)
        assert apply_all(me, message, actions).json()["error"]["code"] == "conflict"
        assert files_of(project) == before
        settled = None if theirs is None else digest_of(theirs)
        assert apply_all(me, message, actions, settled=settled).status_code == 200

    def test_a_path_that_the_project_refuses(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, write(0, "ok.txt", None, b"ok"), write(1, "../evil.txt", None, b"x"))
        reply = apply_all(me, message, actions)
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_path")
        assert set(files_of(project)) == {"index.html", "style.css"}
        assert status_of(*actions) == ["pending", "pending"]

    def test_one_bad_action_blocks_the_turn_until_it_is_dropped(self, me: Client, message: AIMessage) -> None:
        good, bad = propose(message, write(0, "a.txt", None, b"a"), failed(1, "index.html", PAGE))
        reply = apply_all(me, message, [good])
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "blocked")
        assert reply.json()["error"]["actions"] == [bad.pk]
        assert post(me, f"actions/{bad.pk}/apply", {"hash": bad.hash}).json()["error"]["code"] == "blocked"
        assert post(me, f"actions/{bad.pk}/reject").status_code == 200
        assert apply_all(me, message, [good]).status_code == 200

    def test_a_bad_action_can_be_put_right_by_hand(self, me: Client, message: AIMessage) -> None:
        good, bad = propose(message, write(0, "a.txt", None, b"a"), failed(1, "index.html", PAGE))
        chosen = [{"id": good.pk, "hash": good.hash}, {"id": bad.pk, "hash": bad.hash, "content": "by hand\n"}]
        assert post(me, f"messages/{message.pk}/apply", {"actions": chosen}).status_code == 200
        assert files_of(message.conversation.project)["index.html"] == b"by hand\n"


class TestOnce:
    def test_twice_is_once(self, me: Client, message: AIMessage) -> None:
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        first, second = apply_all(me, message, actions), apply_all(me, message, actions)
        assert first.json() == second.json()
        assert message.conversation.project.revisions.count() == 2

    def test_an_approval_of_something_else(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        reply = post(me, f"actions/{action.pk}/apply", {"hash": "0" * 64})
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "stale")
        assert files_of(message.conversation.project)["index.html"] == PAGE

    def test_what_was_rejected_must_be_taken_up_again_first(self, me: Client, message: AIMessage) -> None:
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        post(me, f"actions/{actions[0].pk}/reject", {"reason": "Trop grand"})
        assert apply_all(me, message, actions).json()["error"]["code"] == "stale"
        assert post(me, f"actions/{actions[0].pk}/reopen").json()["actions"][0]["status"] == "pending"
        assert apply_all(me, message, actions).status_code == 200

    def test_while_the_answer_is_written(self, me: Client, message: AIMessage) -> None:
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        AIMessage.objects.filter(pk=message.pk).update(status="streaming")
        assert apply_all(me, message, actions).json()["error"]["code"] == "turn_in_progress"

    def test_an_action_of_another_message(self, me: Client, message: AIMessage) -> None:
        other = propose(answer_in(message.conversation.project), write(0, "a.txt", None, b"a"))
        assert apply_all(me, message, other).status_code == 404


class TestReject:
    def test_with_a_reason_and_back(self, me: Client, message: AIMessage) -> None:
        good, bad = propose(message, write(0, "a.txt", None, b"a"), failed(1, "index.html", PAGE))
        reply = post(me, f"messages/{message.pk}/reject", {"reason": "Pas\0 ça"})
        assert [action["status"] for action in reply.json()["actions"]] == ["rejected", "rejected"]
        assert AIAction.objects.get(pk=good.pk).reason == "Pas\N{REPLACEMENT CHARACTER} ça"
        assert post(me, f"messages/{message.pk}/reject").status_code == 200
        post(me, f"messages/{message.pk}/reopen")
        assert status_of(good, bad) == ["pending", "failed"]

    def test_only_what_was_shown_is_rejected(self, me: Client, message: AIMessage) -> None:
        seen, unseen = propose(message, write(0, "a.txt", None, b"a"), write(1, "b.txt", None, b"b"))
        other = [{"id": seen.pk, "hash": "0" * 64}]
        assert post(me, f"messages/{message.pk}/reject", {"actions": other}).json()["error"]["code"] == "stale"
        assert post(me, f"actions/{seen.pk}/reject", {"hash": "0" * 64}).json()["error"]["code"] == "stale"
        assert status_of(seen, unseen) == ["pending", "pending"]
        shown = [{"id": seen.pk, "hash": seen.hash}]
        assert post(me, f"messages/{message.pk}/reject", {"actions": shown}).status_code == 200
        assert status_of(seen, unseen) == ["rejected", "pending"]

    def test_a_condition_of_another_route_is_not_taken_for_kept(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "a.txt", None, b"a"))
        shown = [{"id": action.pk, "hash": action.hash}]
        for route, body in (
            (f"messages/{message.pk}", {"hash": action.hash}),
            (f"actions/{action.pk}", {"actions": shown}),
        ):
            reply = post(me, f"{route}/reject", body)
            assert (reply.status_code, reply.json()["error"]["code"]) == (400, "invalid")
        assert status_of(action) == ["pending"]

    def test_only_what_the_message_has_is_rejected(self, me: Client, message: AIMessage) -> None:
        (other,) = propose(answer_in(message.conversation.project), write(0, "a.txt", None, b"a"))
        reply = post(me, f"messages/{message.pk}/reject", {"actions": [{"id": other.pk, "hash": other.hash}]})
        assert reply.status_code == 404
        assert status_of(other) == ["pending"]

    def test_what_is_applied_cannot_be_rejected(self, me: Client, message: AIMessage) -> None:
        actions = propose(message, write(0, "a.txt", None, b"a"))
        apply_all(me, message, actions)
        assert post(me, f"actions/{actions[0].pk}/reject").json()["error"]["code"] == "stale"


class TestUndo:
    def test_a_turn_and_the_undo_of_it(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        before = files_of(project)
        actions = propose(
            message,
            write(0, "index.html", PAGE, NEW_PAGE),
            write(1, "new.txt", None, b"neu"),
            rename(2, "style.css", "main.css", STYLE),
        )
        apply_all(me, message, actions)
        after = files_of(project)
        undone = post(me, f"messages/{message.pk}/undo").json()
        assert [(action["status"], action["undone_by"]) for action in undone["actions"]] == [("undone", 3)] * 3
        assert files_of(project) == before
        redone = post(me, f"messages/{message.pk}/undo").json()
        assert [(action["status"], action["revision"]) for action in redone["actions"]] == [("completed", 4)] * 3
        assert files_of(project) == after
        post(me, f"messages/{message.pk}/undo")
        assert files_of(project) == before
        origins = list(project.revisions.order_by("number").values_list("origin", flat=True))
        assert origins == ["user", "assistant", "restore", "restore", "restore"]

    @pytest.mark.parametrize("of", ["messages", "actions"])
    def test_in_two_tabs_is_once(self, me: Client, message: AIMessage, of: str) -> None:
        """The second one would do the contrary of what its button says."""
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        apply_all(me, message, [action])
        address = f"{of}/{message.pk if of == 'messages' else action.pk}/undo"
        replies = [post(me, address, {"seen": "completed"}) for _ in range(2)]
        assert [(reply.status_code, reply.json()["revision"]) for reply in replies] == [(200, 3)] * 2
        assert files_of(message.conversation.project)["index.html"] == PAGE
        replies = [post(me, address, {"seen": "undone"}) for _ in range(2)]
        assert [(reply.status_code, reply.json()["revision"]) for reply in replies] == [(200, 4)] * 2
        assert status_of(action) == ["completed"]
        assert Revision.objects.filter(project=message.conversation.project).count() == 4

    def test_one_of_them_three_turns_later_with_later_edits(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        actions = propose(message, write(0, "index.html", PAGE, NEW_PAGE), write(1, "new.txt", None, b"neu"))
        apply_all(me, message, actions)
        for number in range(3):
            later = answer_in(project)
            apply_all(me, later, propose(later, write(0, f"later{number}.txt", None, b"x")))
        save(project, "index.html", NEW_PAGE.replace(b"trois", b"TROIS"))
        assert post(me, f"actions/{actions[0].pk}/undo").status_code == 200
        assert files_of(project)["index.html"] == PAGE.replace(b"trois", b"TROIS")
        assert files_of(project)["new.txt"] == b"neu"
        assert status_of(*actions) == ["undone", "completed"]

    def test_only_the_hunks_that_were_taken_go(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "index.html", PAGE, NEW_PAGE))
        save(message.conversation.project, "index.html", PAGE.replace(b"trois", b"TROIS"))
        post(me, f"actions/{action.pk}/apply", {"hash": action.hash, "hunks": [0]})
        post(me, f"actions/{action.pk}/undo")
        assert files_of(message.conversation.project)["index.html"] == PAGE.replace(b"trois", b"TROIS")

    def test_a_conflict_is_shown_and_settled(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        (action,) = propose(message, write(0, "new.txt", None, b"neu\n"))
        apply_all(me, message, [action])
        save(project, "new.txt", b"my own work\n")
        reply = post(me, f"actions/{action.pk}/undo")
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "conflict")
        (conflict,) = reply.json()["error"]["conflicts"]
        assert (conflict["mine"], conflict["theirs"]["text"]) == (None, "my own work\n")
        assert files_of(project)["new.txt"] == b"my own work\n"
        settled = [{"id": action.pk, "digest": conflict["theirs"]["digest"], "content": None}]
        assert post(me, f"actions/{action.pk}/undo", {"settled": settled}).status_code == 200
        assert "new.txt" not in files_of(project)
        assert history.replay(project) == dict(project.files.values_list("path", "blob_id"))

    def test_a_settled_undo_keeps_mark_and_line_ends(self, me: Client, message: AIMessage) -> None:
        project = message.conversation.project
        old, new, now = (f"\ufeffa\r\n{letter}\r\n".encode() for letter in "bBc")
        save(project, "crlf.txt", old)
        (action,) = propose(message, write(0, "crlf.txt", old, new))
        apply_all(me, message, [action])
        save(project, "crlf.txt", now)
        theirs = post(me, f"actions/{action.pk}/undo").json()["error"]["conflicts"][0]["theirs"]
        settled = [{"id": action.pk, "digest": theirs["digest"], "content": "a\nbc\n"}]
        assert post(me, f"actions/{action.pk}/undo", {"settled": settled}).status_code == 200
        assert files_of(project)["crlf.txt"] == "\ufeffa\r\nbc\r\n".encode()

    def test_what_was_never_applied(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "new.txt", None, b"neu\n"))
        assert post(me, f"actions/{action.pk}/undo").json()["error"]["code"] == "stale"
        assert post(me, f"messages/{message.pk}/undo").json()["error"]["code"] == "stale"

    def test_an_undone_proposal_is_taken_up_again(self, me: Client, message: AIMessage) -> None:
        (action,) = propose(message, write(0, "new.txt", None, b"neu\n"))
        apply_all(me, message, [action])
        post(me, f"actions/{action.pk}/undo")
        assert post(me, f"actions/{action.pk}/reopen").json()["actions"][0]["status"] == "pending"
        assert apply_all(me, message, [action]).json()["revision"] == 4


class TestWhoAndWhat:
    def test_the_proposal_as_files(self, me: Client, message: AIMessage) -> None:
        actions = propose(
            message,
            write(0, "index.html", PAGE, NEW_PAGE),
            write(1, "style.css", STYLE, None),
            failed(2, "x.txt", None),
        )
        assert me.get(f"/api/chat/messages/{message.pk}/proposal").json() == {
            "files": {"index.html": NEW_PAGE.decode(), "style.css": None}
        }
        post(me, f"actions/{actions[1].pk}/reject")
        assert set(me.get(f"/api/chat/messages/{message.pk}/proposal").json()["files"]) == {"index.html"}

    def test_the_host_is_told_once_it_is_written(
        self,
        me: Client,
        message: AIMessage,
        django_capture_on_commit_callbacks: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told: list[ConversationNews] = []

        def fails(news: ConversationNews) -> None:
            raise ValueError("a host's own mistake")

        monkeypatch.setattr(workspace, "conversation_listeners", [fails, told.append])
        actions = propose(message, write(0, "a.txt", None, b"a"))
        with django_capture_on_commit_callbacks(execute=True):
            apply_all(me, message, actions)
        decided = [{"id": actions[0].pk, "status": "completed"}]
        place = message.conversation
        assert told == [ConversationNews(place.project_id, place.pk, "proposals", message.pk, decided, 2)]

    def test_the_mode_is_set_by_those_who_may_write(self, me: Client, message: AIMessage, mallory: User) -> None:
        address = f"/api/chat/conversations/{message.conversation_id}"
        reply = me.patch(address, {"mode": "auto"}, content_type="application/json")
        assert (reply.status_code, reply.json()["mode"]) == (200, "auto")
        assert me.get(f"{address}/messages").json()["conversation"]["mode"] == "auto"
        assert me.patch(address, {"mode": "always"}, content_type="application/json").status_code == 400
        assert me.patch(address, {}, content_type="application/json").status_code == 400
        Membership.objects.create(project=message.conversation.project, user=mallory, role="viewer")
        me.force_login(mallory)
        assert me.patch(address, {"mode": "auto"}, content_type="application/json").status_code == 403

    def test_a_conversation_begins_in_the_mode_of_those_who_may_write(
        self, me: Client, message: AIMessage, mallory: User
    ) -> None:
        project = message.conversation.project.pk
        body = {"project_id": project, "mode": "auto"}
        address = "/api/chat/conversations"
        begun = me.post(address, body, content_type="application/json").json()["conversation_id"]
        assert AIConversation.objects.get(pk=begun).mode == "auto"
        assert me.get(f"/api/chat/models?project_id={project}").json()["modes"] == ["ask", "auto"]
        count = AIConversation.objects.count()
        Membership.objects.create(project=message.conversation.project, user=mallory, role="viewer")
        me.force_login(mallory)
        assert me.post(address, body, content_type="application/json").status_code == 403
        sent = me.post("/api/chat/message", {**body, "content": "Salut"}, content_type="application/json")
        assert (sent.status_code, sent.json()["error"]["code"]) == (403, "permission_denied")
        assert AIConversation.objects.count() == count, "nothing is begun"
        assert me.get(f"/api/chat/models?project_id={project}").json()["modes"] == ["ask"]


DECISIONS = ("apply", "reject", "undo", "reopen")


@pytest.mark.parametrize(("role", "read", "write_"), [
    ("nobody", 401, 401), ("stranger", 404, 404), ("viewer", 200, 403), ("editor", 200, 0),
])  # fmt: skip
def test_every_route_for_every_role(
    project: Project, django_user_model: type[User], role: str, read: int, write_: int
) -> None:
    message = answer_in(project)
    (action,) = propose(message, write(0, "a.txt", None, b"a"))
    client = Client(headers={"sec-fetch-site": "same-origin"})
    if role != "nobody":
        user = django_user_model.objects.create_user(role)
        client.force_login(user)
        if role != "stranger":
            Membership.objects.create(project=project, user=user, role=role)
    assert client.get(f"/api/chat/actions/{action.pk}").status_code == read
    assert client.get(f"/api/chat/messages/{message.pk}/proposal").status_code == read
    for what in (f"actions/{action.pk}", f"messages/{message.pk}"):
        for decision in DECISIONS:
            body = (
                {"hash": action.hash, "actions": [{"id": action.pk, "hash": action.hash}]}
                if decision == "apply"
                else {}
            )
            code = post(client, f"{what}/{decision}", body).status_code
            assert code == write_ if write_ else code in {200, 409}
    if write_:
        assert (AIAction.objects.get().status, project.revisions.count()) == ("pending", 1)
