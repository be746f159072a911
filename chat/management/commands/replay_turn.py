"""`manage.py replay_turn 42`: what a turn sent, received and proposed, and what was decided."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError

from chat.actions import rows
from chat.actions.text import text_of
from chat.actions.types import PlannedAction
from chat.models import AIAction, AIMessage, ModelCall
from chat.turns.again import Rerun, rerun

EXCERPT = 400
WIDE = 60


class Command(BaseCommand):
    """Reads; nothing is written, and no file is changed."""

    help = "Shows what a turn sent, received and proposed, and what was decided; --rerun asks another model the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which answer, and which other model."""
        parser.add_argument("answer", type=int, help="the number of the answer (or of its question)")
        parser.add_argument("--rerun", metavar="MODEL", default="", help="asks this model; it may cost money")

    def handle(self, *args: Any, answer: int, rerun: str, **options: Any) -> None:
        """Prints it."""
        found = AIMessage.objects.select_related("conversation__project", "conversation__user", "reply_to")
        message = found.filter(pk=answer).first()
        if message is not None and message.role == AIMessage.Role.USER:
            message = found.filter(reply_to=message).order_by("-pk").first()
        if message is None:
            raise CommandError(f"there is no answer {answer}")
        calls = list(ModelCall.objects.filter(message=message).order_by("started_at"))
        actions = list(AIAction.objects.filter(message=message).select_related("decided_by").order_by("position"))
        for line in (*told(message), *sent(calls), *received(message), *proposed(actions)):
            self.stdout.write(line)
        if rerun:
            self._rerun(message, calls, actions, rerun)

    def _rerun(self, message: AIMessage, calls: list[ModelCall], actions: list[AIAction], model: str) -> None:
        first = next((call for call in calls if call.purpose == ModelCall.Purpose.ANSWER), None)
        if first is None:
            raise CommandError("nothing was sent that could be sent again")
        again = async_to_sync(rerun)(message, first.request, model)
        for line in side_by_side(message, first.model, actions, again):
            self.stdout.write(line)


def told(message: AIMessage) -> Iterator[str]:
    """Which turn it is."""
    question = message.reply_to.content if message.reply_to is not None else ""
    yield f"# Answer {message.pk}, {message.status}: {message.conversation.title}"
    yield f"asked: {excerpt(question)}"
    if error := (message.metadata or {}).get("error"):
        yield f"error: {error['code']} {error.get('detail', '')}".rstrip()


def sent(calls: Iterable[ModelCall]) -> Iterator[str]:
    """Every request, in short; the whole of it is in `export_conversation`."""
    for number, call in enumerate(calls, 1):
        request = call.request
        tools = [tool["function"]["name"] for tool in request.get("tools") or ()]
        used = f"{call.prompt_tokens} → {call.completion_tokens} tokens, cost {call.cost}, {call.duration_ms} ms"
        purpose = "" if call.purpose == ModelCall.Purpose.ANSWER else f" for a {call.purpose}"
        yield f"\n## Request {number}{purpose}: {call.provider}:{call.model}, {used}"
        yield f"finish {call.finish_reason or '-'}, tools {', '.join(tools) or '-'}"
        for sent_message in request.get("messages", ()):
            content = sent_message.get("content") or ""
            made = [made["function"]["name"] for made in sent_message.get("tool_calls") or ()]
            size = f"{sent_message['role']:>9} {len(str(content)):>7}"
            yield f"  {size} | {excerpt(str(content))} {' '.join(made)}".rstrip()


def received(message: AIMessage) -> Iterator[str]:
    """What came."""
    yield f"\n## Received\n{message.content}"
    for step in (message.trace or {}).get("steps") or ():
        found = step["error"] or step["summary"] or ""
        yield f"step {step['step']}: {step['tool']} {step['arguments']} {found}".rstrip()
    for call in message.actions or ():
        broken = " (malformed)" if call.get("malformed") else ""
        yield f"call {call['name']}{broken}: {excerpt(call['arguments'])}"


def proposed(actions: list[AIAction]) -> Iterator[str]:
    """Every proposal as a difference, and what was decided."""
    contents = rows.contents_of(actions)
    for action in actions:
        name = f"{action.path} → {action.to}" if action.to else action.path
        yield f"\n## {action.position}. {action.action_type} {name}: {decided(action)}"
        if action.error is not None:
            yield f"error {action.error['code']}"
        sides: Mapping[str, bytes | None] = contents.get(action.pk) or {}
        yield from difference(sides.get("before"), sides.get("after"), action.path)


def decided(action: AIAction) -> str:
    """What became of it, by whom and why."""
    parts = [action.status]
    if action.automatic:
        parts.append("by itself")
    if action.decided_by is not None:
        parts.append(f"by {action.decided_by}")
    if action.revision is not None:
        parts.append(f"revision {action.revision}")
    if action.undone_by is not None:
        parts.append(f"undone by revision {action.undone_by}")
    if action.taken is not None:
        parts.append(f"hunks {action.taken} of {len(action.hunks)}")
    if action.reason:
        parts.append(f"because: {action.reason}")
    return ", ".join(parts)


def difference(before: bytes | None, after: bytes | None, path: str) -> Iterator[str]:
    """A unified difference, where both sides are text."""
    old, new = (("" if side is None else text_of(side)) for side in (before, after))
    if old is None or new is None:
        yield "(no text)"
        return
    yield from difflib.unified_diff(old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm="")


def side_by_side(message: AIMessage, model: str, actions: list[AIAction], again: Rerun) -> Iterator[str]:
    """Both models' proposals, path by path."""
    first = {action.path: _written(action) for action in actions}
    second = {action.path: _planned(action) for action in again.plan.actions}
    yield f"\n# The same request to {again.model}: {again.status}, cost {again.cost}"
    yield again.text
    yield f"\n{'path':<40} | {model:<{WIDE}} | {again.model}"
    for path in sorted(first.keys() | second.keys()):
        yield f"{path:<40} | {first.get(path, '-'):<{WIDE}} | {second.get(path, '-')}"
    for action in again.plan.actions:
        yield f"\n## {again.model}: {action.action_type} {action.path}"
        yield from difference(action.before, action.after, action.path)


def _planned(action: PlannedAction) -> str:
    code = "" if action.error is None else action.error.code
    return f"{action.action_type} +{action.added} -{action.removed} {code}".rstrip()


def _written(action: AIAction) -> str:
    code = "" if action.error is None else action.error["code"]
    return f"{action.action_type} +{action.added} -{action.removed} {code}".rstrip()


def excerpt(text: str) -> str:
    """One line, not long."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"
