"""A turn's tools on a real project: what may be read and proposed, in whose name, and what becomes of proposals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import override

from chat.actions import review, rows
from chat.actions.collect import Item
from chat.actions.files import Files
from chat.actions.kinds import ActionType
from chat.actions.messages import message_of
from chat.actions.plan import Rules, plan
from chat.actions.policy import why_ask
from chat.actions.registry import action_types
from chat.actions.tools import schemas
from chat.actions.types import ActionError, Asked, Bad, PlannedAction, type_of
from chat.actions.types import Plan as ActionPlan
from chat.actions.ways import Choice
from chat.conf import settings
from chat.context.masking import mask
from chat.context.pointers import pointed
from chat.errors import ChatError
from chat.events.log import RETRY_SECONDS
from chat.events.types import ActionProposed, ActionUpdated, Event
from chat.events.writer import UNAVAILABLE, readers, writer
from chat.locks import Locked, briefly
from chat.models import AIAction, AIConversation, AIMessage
from chat.turns.history import pointers_of
from chat.turns.kit import Proposed, Reading
from chat.turns.reading import Library
from chat.turns.sayable import sayable, unquoted
from chat.turns.snapshot import Snapshot
from chat.turns.words import instructions, said
from chat.workspace import Workspace, WorkspaceError

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: All turns write in one thread: applying a turn's proposals waits there no longer than this for what others hold.
MOST_HELD_MS = 100
#: Between the tries; then a person applies them.
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)
#: Why proposals wait for a person although the conversation applies them by itself: what the answer says of it.
TOLD = frozenset({"protected", "deletion", "shrinks", "files", "lines"})


class ProjectKit:
    """See `chat/turns/kit.py`."""

    workspace: Snapshot
    _library: Library

    def __init__(
        self, answer: AIMessage, conversation: AIConversation, user: Any, *, native: bool, language: str
    ) -> None:
        self.native = native
        #: The model has little room: it is told little.
        self.compact = False
        self.types: Mapping[str, ActionType] = {}
        self._answer = answer
        self._conversation = conversation
        self._user = user
        self._language = language
        self._sayable: Mapping[int, ActionError] = {}

    def prepare(self, pinned: Sequence[str] = (), excluded: Sequence[str] = ()) -> None:
        """Looks at the project, and at what the person may do.  For a worker thread, before anything else.

        What is `excluded` is not read to the model; what is `pinned` is, whatever ignores it.
        """
        self.look(pinned, excluded)
        self.types = action_types() if self._may_write() else {}

    def look(
        self, pinned: Sequence[str] = (), excluded: Sequence[str] = (), shown: Mapping[str, str | None] | None = None
    ) -> None:
        """Looks at the project alone; of files that are `shown` with a digest (`None`: none was there) as they were."""
        workspace = settings.WORKSPACE(self._conversation.project)
        files = {_named(workspace, path): digest for path, digest in (shown or {}).items()}
        self.workspace = Snapshot(workspace, files)
        self._library = Library(self.workspace, self._language, pinned, excluded)

    def tools(self, *, reads: bool) -> Sequence[Mapping[str, Any]]:
        return schemas(self.types, reads=reads)

    def instructions(self, *, native: bool) -> str:
        return instructions(self._language, native=native, writes=bool(self.types), compact=self.compact)

    async def read(self, asked: Asked) -> Reading:
        return await readers.run(self._read, asked)

    async def bases(self, paths: Collection[str]) -> Mapping[str, str | None]:
        try:
            return await readers.run(self._bases, list(paths))
        except Exception:
            # it runs code of the host, for a day that may never come: the answer goes on
            logger.exception("the digests of %s are not known", list(paths))
            return {}

    async def plan(self, items: Sequence[Item]) -> ActionPlan:
        return await readers.run(self._plan, list(items))

    def explain(self, error: ActionError) -> str:
        with override(self._language):
            return message_of(error)

    def refusal(self, action: PlannedAction) -> str:
        error = self._sayable.get(action.position) or (unquoted(action.error) if action.error else None)
        return self.explain(error) if error is not None else ""

    def say(self, name: str, **values: Any) -> str:
        return said(name, self._language, **values)

    async def propose(self, planned: ActionPlan, repaired: Mapping[int, int], *, whole: bool) -> Proposed:
        """Writes proposals, and applies them where the conversation's mode and the policy allow."""
        events = await _surely(lambda: self._write(planned, repaired))
        if not (whole and events):
            return Proposed(events)
        accepted = await self._accepted(planned)
        return Proposed(events + accepted.events, accepted.notice)

    async def _accepted(self, planned: ActionPlan) -> Proposed:
        """Applies them, for some seconds again and again where somebody else holds the project."""
        for pause in (*PAUSES, None):
            try:
                return await _surely(lambda: self._accept(planned))
            except Locked:
                if pause is not None:
                    await asyncio.sleep(pause)
        return Proposed([], "auto_busy")

    def plan_again(self, items: Sequence[Item], shown: Mapping[str, str | None]) -> ActionPlan:
        """Tries proposals on the project as the model was shown it, whoever made them: files that were `shown` with a
        digest are what they were, all others as they are now.  For a worker thread."""
        question = self._answer.reply_to
        given = pointed(pointers_of(question.metadata if question is not None else None))
        self.look(given["pinned"], given["excluded"], shown)
        self.types = action_types()
        return self._plan([self._known(item) for item in items])

    def _known(self, item: Item) -> Item:
        """A proposal whose file was another when the model saw it, and is kept nowhere as it was, can't be tried: what
        it would undo of later work is not to be told."""
        path = _named(self.workspace.workspace, item.path)
        if isinstance(item, Bad) or not self.workspace.is_lost(path):
            return item
        return Bad(item.position, ActionError("stale"), type_of(item), item.path, item.call_id, item)

    def _bases(self, paths: Sequence[str]) -> dict[str, str | None]:
        names = {path: _named(self.workspace.workspace, path) for path in paths}
        files = self.workspace.entries
        return {path: files[name].digest if name in files else None for path, name in names.items()}

    def _may_write(self) -> bool:
        return bool(settings.ACCESS().can_write(self._user, self._conversation.project))

    def _read(self, asked: Asked) -> Reading:
        with override(self._language):
            return self._library.read(asked.tool, asked.arguments)

    def _plan(self, items: list[Item]) -> ActionPlan:
        workspace = self.workspace.workspace
        rules = Rules(
            check_path=workspace.check_path,
            check_together=workspace.check_names,
            protected=tuple(workspace.protected()),
            types=self.types,
            is_kept=self._is_kept,
            mask=mask,
        )
        planned = plan(Files(self.workspace.entries, self.workspace.read), items, rules)
        self._sayable = sayable(planned, self._is_kept)
        return planned

    def _is_kept(self, path: str) -> bool:
        """Whether a path, however it is written, is of a file that is kept from the model."""
        return self._library.is_kept(_named(self.workspace.workspace, path))

    def _write(self, planned: ActionPlan, repaired: Mapping[int, int]) -> list[Event]:
        """Nothing where the turn is no longer ours: the message is gone, or another server has ended it."""
        ours = AIMessage.objects.filter(
            pk=self._answer.pk, status=AIMessage.Status.STREAMING, lease_owner=self._answer.lease_owner
        )
        with transaction.atomic(), override(self._language):
            if ours.select_for_update(no_key=True).first() is None:
                return []
            written = rows.insert(self._answer.pk, planned.actions, repaired)
            review.tell(self._answer, written, None)
            return [ActionProposed(row.position, rows.shown(row)) for row in written]

    def _accept(self, planned: ActionPlan) -> Proposed:
        """The mode is the database's, as it is now: nothing that a model or a file says comes near it."""
        mode = AIConversation.objects.filter(pk=self._answer.conversation_id).values_list("mode", flat=True).first()
        reason = why_ask(planned, mode or "ask")
        if reason is not None or not self._may_write():
            return Proposed([], f"auto_{reason}" if reason in TOLD else None)
        with override(self._language):
            try:
                decided = self._applied()
            except ChatError as error:
                # it waits for a person
                return Proposed([], "auto_conflict" if error.code in {"conflict", "stale"} else "auto_refused")
            return Proposed([ActionUpdated(row.position, rows.shown(row)) for row in decided.actions])

    def _applied(self) -> review.Decided:
        with briefly(MOST_HELD_MS):
            actions = list(AIAction.objects.filter(message=self._answer).order_by("position"))
            decision = review.Decision(self._user, rows.revision_name(self._answer, actions), automatic=True)
            choices = [Choice(action.pk, action.hash) for action in actions]
            return review.apply(self._answer, choices, decision, whole=True)


def _named(workspace: Workspace, path: str) -> str:
    """A path as the project would keep it; one that it never would stays as it is written."""
    with suppress(WorkspaceError):
        return workspace.check_path(path)
    return path


async def _surely(work: Callable[[], T]) -> T:
    """Does something in the database, however long that is away."""
    failures = 0
    while True:
        try:
            return await writer.run(work)
        except UNAVAILABLE:
            failures += 1
            await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1])
