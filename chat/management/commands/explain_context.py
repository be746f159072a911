"""`manage.py explain_context 1 "Corrige le menu"`: what would be sent to the model for a request, and why."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from asgiref.sync import async_to_sync, sync_to_async
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from chat.conf import project_model, settings
from chat.context import mentions
from chat.errors import ChatError
from chat.llm import registry
from chat.llm.base import Usage
from chat.llm.errors import ModelError
from chat.models import AIConversation
from chat.texts import site_language, text_of
from chat.turns.dry_run import Wanted, ahead_of, cost_of, prompt_of, tools_of
from chat.turns.launch import budget_of, takes_tools


class Command(BaseCommand):
    """Reads; no model is asked, nothing is kept but what is found out of files."""

    help = "Shows what would be sent to the model for a request: parts, tokens, why, what is left out, budget, cost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which project and request, and what a person would point at."""
        parser.add_argument("project", metavar="PROJECT", help="the project's number")
        parser.add_argument("request", help="what a person would write")
        parser.add_argument("--model", default="", help="otherwise the project's, otherwise the site's")
        parser.add_argument("--conversation", type=int, metavar="ID", help="goes on with this conversation")
        parser.add_argument("--open", default="", metavar="PATH", help="the file that is open in the editor")
        parser.add_argument("--pin", action="append", default=[], metavar="PATH", help="goes in before all others")
        parser.add_argument("--exclude", action="append", default=[], metavar="PATH", help="never goes in")
        parser.add_argument("--budget", type=int, metavar="TOKENS", help="fewer tokens than the model would get")
        parser.add_argument("--language", choices=("fr", "en"), default=site_language(), help="the person's")
        parser.add_argument("--reader", action="store_true", help="as somebody who may not change files")
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument("--full", action="store_true", help="with the texts as they would be sent")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints it."""
        project = project_of(options["project"])
        workspace = settings.WORKSPACE(project)
        conversation = conversation_of(project, options["conversation"])
        if options["budget"] is not None and options["budget"] < 1:
            raise CommandError("--budget takes a number of tokens, 1 or more")
        wanted = Wanted(
            project,
            options["request"],
            options["model"] or workspace.describe().default_model,
            options["budget"] or sys.maxsize,
            options["language"],
            native=False,
            writes=not options["reader"],
            conversation=conversation,
            context=self._context(options, {file.path for file in workspace.list_files()}),
        )
        told, texts = async_to_sync(explained)(wanted, options["model"])
        texts = texts if options["full"] else {}
        if options["json"]:
            self.stdout.write(msgspec.json.format(msgspec.json.encode({**told, **texts}), indent=2).decode())
            return
        for line in (*summary(told), *table(told), *whole(texts)):
            self.stdout.write(line)

    def _context(self, options: Mapping[str, Any], there: set[str]) -> dict[str, Any]:
        for path in filter(None, (options["open"], *options["pin"], *options["exclude"])):
            if path not in there:
                self.stderr.write(f"warning: the project has no file {path}")
        return {
            "open_file": options["open"],
            "pinned": options["pin"],
            "excluded": options["exclude"],
            "conversation_id": options["conversation"],
            "messages": mentions.messages(options["request"]),
        }


async def explained(wanted: Wanted, asked: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The account of a request, and its texts.  Providers belong to an event loop, so there is one."""
    try:
        provider, model = registry.provider_for(wanted.model or None)
        budget = min(wanted.budget, budget_of(provider, model))
        native = await takes_tools(provider, model, asked)
        wanted = replace(wanted, model=model, budget=budget, native=native, asked=asked)
        prompt, history = await sync_to_async(prompt_of)(wanted)
        ahead = await ahead_of(provider, wanted, prompt, history)
        cost = await cost_of(provider, model, Usage(prompt.tokens, 0))
    except (ChatError, ModelError) as error:
        raise CommandError(f"{error.code}: {text_of(error.code)}") from error
    finally:
        await registry.close_all()
    of = {"project": wanted.project.pk, "model": model, "provider": provider.name, "budget": budget, "cost": cost}
    texts = {"messages": list(prompt.messages), "tools": tools_of(wanted)}
    return {**of, **prompt.receipt(), **ahead}, texts


def project_of(number: str) -> Any:
    """A project by its number.  Raises `CommandError`."""
    manager = apps.get_model(project_model())._default_manager
    try:
        found = manager.filter(pk=number).first()
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise CommandError(f"there is no project {number}: PROJECT is its number, as in its address")
    return found


def conversation_of(project: Any, number: int | None) -> AIConversation | None:
    """A conversation of a project.  Raises `CommandError`."""
    if number is None:
        return None
    found = AIConversation.objects.filter(pk=number, project=project).first()
    if found is None:
        raise CommandError(f"project {project.pk} has no conversation {number}")
    return found


def summary(told: Mapping[str, Any]) -> Iterator[str]:
    """For which model, and how much."""
    cost = "unknown" if told["cost"] is None else f"${told['cost']} (the request alone)"
    yield f"# Project {told['project']}, {told['provider']}:{told['model']}"
    yield f"{told['tokens']} tokens of {told['budget']}, cost {cost}"


def table(told: Mapping[str, Any]) -> Iterator[str]:
    """What goes in, and what is left out."""
    yield "\n## Sent"
    yield from map(row, told["parts"])
    if told["left_out"]:
        yield "\n## Left out"
        yield from map(row, told["left_out"])
    if told["dropped_messages"]:
        yield f"\n{told['dropped_messages']} older messages are not sent"
    if told["due_messages"]:
        cost = "unknown" if told["due_cost"] is None else f"${told['due_cost']}"
        yield (
            f"\n{told['due_messages']} older messages would be summarised before: requests {told['due_calls']}, "
            f"about {told['due_tokens']} tokens, cost {cost}"
        )


def row(part: Mapping[str, Any]) -> str:
    """One part: kind, tokens, why, what it is, and how much of it."""
    lines = ", ".join("-".join(map(str, run)) for run in part.get("lines", ()))
    notes = [part.get("detail", ""), f"lines {lines}" if lines else ""]
    notes.append(f"masked: {', '.join(part['masked'])}" if part.get("masked") else "")
    noted = f" ({'; '.join(filter(None, notes))})" if any(notes) else ""
    return f"{part['kind']:<13} {part['tokens']:>7}  {part['why']:<10} {part['path']}{noted}".rstrip()


def whole(texts: Mapping[str, Any]) -> Iterator[str]:
    """The texts."""
    for number, message in enumerate(texts.get("messages", ()), 1):
        yield f"\n## Message {number}: {message['role']}"
        content = message.get("content")
        yield content if isinstance(content, str) else msgspec.json.encode(content).decode()
    for tool in texts.get("tools", ()):
        yield f"\n## Tool {tool['function']['name']}"
        yield msgspec.json.encode(tool).decode()
