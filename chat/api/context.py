"""What the next request would take: the same builder as a turn's, and nothing sent.  And what an `@` can mean."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse

from chat.api.errors import answers
from chat.api.input import CONTROL, PreviewBody, body_of, context_of, number
from chat.api.output import json_response
from chat.api.requests import user_of
from chat.conf import settings
from chat.context.indexing import indexer, progress
from chat.context.suggest import suggestions
from chat.errors import ChatError
from chat.events.writer import readers
from chat.llm import registry
from chat.llm.base import Usage
from chat.models import AIConversation
from chat.texts import active_language
from chat.turns.dry_run import Wanted, ahead_of, cost_of, prompt_of
from chat.turns.launch import budget_of, takes_tools
from chat.turns.start import check_last_question, conversation_of, project_of

MOST_SUGGESTIONS, SUGGESTIONS, QUERY = 50, 12, 200


@answers("POST")
async def preview(request: HttpRequest) -> HttpResponse:
    """`POST /api/chat/context/preview`."""
    body = body_of(request, PreviewBody)
    if len(body.content) > int(settings.MAX_MESSAGE_CHARACTERS):
        raise ChatError("too_large", limit=int(settings.MAX_MESSAGE_CHARACTERS))
    user, project, conversation = await readers.run(_previewed, request, body)
    chosen = body.model or await readers.run(lambda: settings.WORKSPACE(project).describe().default_model)
    provider, model = registry.provider_for(chosen or None)
    wanted = Wanted(
        project,
        CONTROL.sub("\N{REPLACEMENT CHARACTER}", body.content),
        model,
        budget_of(provider, model),
        active_language(),
        native=await takes_tools(provider, model, body.model or ""),
        writes=await readers.run(lambda: settings.ACCESS().can_write(user, project)),
        asked=body.model or "",
        conversation=conversation,
        context=context_of(body),
        replaces=body.replaces,
    )
    prompt, history = await readers.run(prompt_of, wanted)
    told = {
        "model": model,
        "budget": wanted.budget,
        # the answer's own tokens are not known yet
        "cost": await cost_of(provider, model, Usage(prompt.tokens, 0)),
        **await ahead_of(provider, wanted, prompt, history),
    }
    return json_response({**prompt.receipt(), **told})


@answers("GET")
async def suggest(request: HttpRequest) -> HttpResponse:
    """`GET /api/chat/context/suggestions`."""
    query = CONTROL.sub("", request.GET.get("q", ""))
    if len(query) > QUERY:
        raise ChatError("invalid", fields={"q": "too long"})
    project_id = number(request, "project_id", 0, 2**63 - 1)
    conversation_id = number(request, "conversation_id", 0, 2**63 - 1) or None
    most = max(1, number(request, "limit", SUGGESTIONS, MOST_SUGGESTIONS))

    def work() -> dict[str, Any]:
        _, project, conversation = _asked_of(request, project_id, conversation_id)
        found, complete = suggestions(settings.WORKSPACE(project), conversation, query, most)
        return {"suggestions": [asdict(one) for one in found], "complete": complete}

    return json_response(await readers.run(work))


@answers("GET")
async def indexing(request: HttpRequest) -> HttpResponse:
    """`GET /api/chat/context/indexing`: how far a project is indexed.  What nobody is at any more is taken up again."""
    project_id = number(request, "project_id", 0, 2**63 - 1)

    def work() -> dict[str, Any]:
        _, project, _ = _asked_of(request, project_id, None)
        workspace = settings.WORKSPACE(project)
        done, total = progress(workspace)
        if done < total:
            indexer.wanted(workspace.key)
        return {"done": done, "total": total, "running": done < total and bool(settings.BACKGROUND_INDEX)}

    return json_response(await readers.run(work))


def _previewed(request: HttpRequest, body: PreviewBody) -> tuple[Any, Any, AIConversation | None]:
    """Who asks, about what; what is to be replaced is refused as it would be with the message."""
    user, project, conversation = _asked_of(request, body.project_id, body.conversation_id)
    if body.replaces is not None:
        check_last_question(conversation, body.replaces)
    return user, project, conversation


def _asked_of(
    request: HttpRequest, project_id: int, conversation_id: int | None
) -> tuple[Any, Any, AIConversation | None]:
    user = user_of(request)
    project = project_of(user, project_id)
    if conversation_id is None:
        return user, project, None
    conversation = conversation_of(user, conversation_id)
    if conversation.project_id != project.pk:
        raise ChatError("not_found")
    return user, project, conversation
