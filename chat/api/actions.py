"""What a person decides of proposals: plain resources, by DRF; the work is done by `chat/actions/review.py`."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import UNSET
from rest_framework.request import Request
from rest_framework.response import Response

from chat.actions import review, rows
from chat.actions.review import Decided, Decision
from chat.actions.steps import Settled, named
from chat.actions.text import text_of
from chat.actions.ways import Choice
from chat.api.action_shapes import ActionChoice, ApplyBody, NamedChoice, RejectBody, ReopenBody, UndoBody
from chat.api.conversations import ChatView
from chat.api.input import CONTROL, body_of
from chat.api.requests import refuse_readers, user_of, visible_answer
from chat.conf import settings
from chat.errors import ChatError
from chat.models import AIAction, AIMessage
from chat.turns.start import project_of


def action_of(view: ChatView, pk: int) -> AIAction:
    """An action of a project that the caller may see.  Raises `ChatError("not_found")`."""
    user = user_of(view.http)
    action = AIAction.objects.select_related("message__conversation").filter(pk=pk).first()
    if action is None:
        raise ChatError("not_found")
    project_of(user, action.message.conversation.project_id)
    return action


def answered(decided: Decided) -> Response:
    """What came of a decision."""
    actions = [rows.shown(action) for action in decided.actions]
    return Response({"success": True, "revision": decided.revision, "actions": actions})


class Action(ChatView):
    """`GET /api/chat/actions/{id}`."""

    def get(self, request: Request, pk: int) -> Response:
        """One action with its contents, and with the file as it is now where it has moved on."""
        action = action_of(self, pk)
        contents = rows.contents_of([action]).get(action.pk) or dict.fromkeys(rows.SIDES)
        workspace = settings.WORKSPACE(action.message.conversation.project)
        now = workspace.read_files([action.path]).get(action.path)
        moved = named(now) != (action.base or None)
        return Response(
            {
                **rows.shown(action),
                "before": text_of(contents["before"]),
                "after": text_of(contents["after"]),
                "written": rows.written_of(action, contents),
                "edits": [{"search": a, "replace": b} for a, b in action.action_data.get("edits", ())],
                "current": text_of(now) if moved else None,
                "current_digest": named(now) if moved else None,
            }
        )


class Proposal(ChatView):
    """`GET /api/chat/messages/{id}/proposal`."""

    def get(self, request: Request, pk: int) -> Response:
        """The files as they would be with what is pending, for a preview."""
        message = visible_answer(self.http, pk)
        return Response({"files": review.proposed(message)})


class Decide(ChatView):
    """One decision about one action, or about a message's: each subclass is both routes of it."""

    #: Whether the id in the path is a message's.
    whole: ClassVar[bool] = False

    def post(self, request: Request, pk: int) -> Response:
        """Decides."""
        message = visible_answer(self.http, pk) if self.whole else action_of(self, pk).message
        user = refuse_readers(self.http, message.conversation)
        return answered(self.decided(message, None if self.whole else [pk], user))

    def decided(self, message: AIMessage, ids: list[int] | None, user: Any) -> Decided:
        """What comes of it; `ids` are the actions, all of the message's without."""
        raise ChatError("not_found")


class Apply(Decide):
    """`POST …/apply`."""

    def decided(self, message: AIMessage, ids: list[int] | None, user: Any) -> Decided:
        """Applies actions, all or none."""
        if ids is None:
            choices = [choice_of(each, each.id) for each in body_of(self.http, ApplyBody).actions]
        else:
            choices = [choice_of(body_of(self.http, ActionChoice), ids[0])]
        known = AIAction.objects.filter(pk__in=[choice.id for choice in choices], message=message)
        decision = Decision(user, rows.revision_name(message, list(known.order_by("position"))))
        return review.apply(message, choices, decision, whole=self.whole)


class Undo(Decide):
    """`POST …/undo`."""

    def decided(self, message: AIMessage, ids: list[int] | None, user: Any) -> Decided:
        """Takes back what was applied, or the taking back of it."""
        body = body_of(self.http, UndoBody)
        settled = {each.id: Settled(each.digest, encoded(each.content)) for each in body.settled}
        known = AIAction.objects.filter(message=message).order_by("position")
        named_actions = list(known if ids is None else known.filter(pk__in=ids))
        decision = Decision(user, rows.revision_name(message, named_actions, undo=True))
        return review.undo(message, ids, settled, decision, seen=body.seen)


class Reject(Decide):
    """`POST …/reject`."""

    def decided(self, message: AIMessage, ids: list[int] | None, user: Any) -> Decided:
        """Drops proposals."""
        body = body_of(self.http, RejectBody)
        reason = CONTROL.sub("\N{REPLACEMENT CHARACTER}", body.reason)
        seen = _seen(body, ids)
        chosen = list(seen) if ids is None and seen is not None else ids
        return review.reject(message, chosen, reason.strip(), Decision(user), seen=seen or {})


class Reopen(Decide):
    """`POST …/reopen`."""

    def decided(self, message: AIMessage, ids: list[int] | None, user: Any) -> Decided:
        """Takes rejected or undone proposals up again."""
        body_of(self.http, ReopenBody)
        return review.reopen(message, ids, Decision(user))


DECISIONS: dict[str, type[Decide]] = {"apply": Apply, "reject": Reject, "undo": Undo, "reopen": Reopen}


def _seen(body: RejectBody, ids: list[int] | None) -> dict[int, str] | None:
    """The hashes of what was shown, by action; nothing where the caller does not say.

    Raises `ChatError("invalid")` for a condition that is not one of this route: it must not be taken for kept.
    """
    other = "hash" if ids is None else "actions"
    if getattr(body, other) is not None:
        raise ChatError("invalid", fields={other: "not of this route"})
    if ids is None:
        return None if body.actions is None else {each.id: each.hash for each in body.actions}
    return None if body.hash is None else dict.fromkeys(ids, body.hash)


def choice_of(body: ActionChoice | NamedChoice, pk: int) -> Choice:
    """A choice as the review takes it."""
    hunks = None if body.hunks is None else tuple(body.hunks)
    is_settled = body.settled is not UNSET
    settled = None if body.settled is UNSET else body.settled
    return Choice(pk, body.hash, hunks, body.content, is_settled, settled)


def encoded(text: str | None) -> bytes | None:
    """A text as bytes; null is no file."""
    return None if text is None else text.encode()
