"""What the next request would take: the same builder as a turn's, and nothing sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from chat.api.errors import answers
from chat.api.input import CONTROL, PreviewBody, body_of, context_of
from chat.api.output import json_response
from chat.api.requests import user_of
from chat.conf import settings
from chat.context.builder import Request, build
from chat.context.pointers import pointed
from chat.context.prompt import Prompt
from chat.errors import ChatError
from chat.events.writer import readers
from chat.llm import pricing, registry
from chat.llm.base import Provider, Usage
from chat.models import AIConversation
from chat.texts import active_language
from chat.turns.launch import budget_of, history_of
from chat.turns.start import conversation_of, project_of


@answers("POST")
async def preview(request: HttpRequest) -> HttpResponse:
    """`POST /api/chat/context/preview`."""
    body = body_of(request, PreviewBody)
    if len(body.content) > int(settings.MAX_MESSAGE_CHARACTERS):
        raise ChatError("too_large", limit=int(settings.MAX_MESSAGE_CHARACTERS))
    project, conversation = await readers.run(_asked_of, request, body)
    chosen = body.model or await readers.run(lambda: settings.WORKSPACE(project).describe().default_model)
    provider, model = registry.provider_for(chosen or None)
    wanted = (project, conversation, body, model, budget_of(provider), active_language())
    prompt = await readers.run(_prompt, *wanted)
    cost = await _cost(provider, model, prompt.tokens)
    return json_response({**prompt.receipt(), "model": model, "budget": budget_of(provider), "cost": cost})


def _asked_of(request: HttpRequest, body: PreviewBody) -> tuple[Any, AIConversation | None]:
    user = user_of(request)
    project = project_of(user, body.project_id)
    if body.conversation_id is None:
        return project, None
    conversation = conversation_of(user, body.conversation_id)
    if conversation.project_id != project.pk:
        raise ChatError("not_found")
    return project, conversation


def _prompt(
    project: Any, conversation: AIConversation | None, body: PreviewBody, model: str, budget: int, language: str
) -> Prompt:
    request = Request(
        content=CONTROL.sub("\N{REPLACEMENT CHARACTER}", body.content),
        model=model,
        language=language,
        budget=budget,
        history=history_of(conversation) if conversation is not None else [],
        **pointed(context_of(body)),
    )
    return build(lambda: settings.WORKSPACE(project), request)


async def _cost(provider: Provider, model: str, tokens: int) -> str | None:
    """What sending so many tokens costs; the answer's own are not known yet."""
    address = getattr(provider, "base_url", "")
    usage = Usage(prompt_tokens=tokens, completion_tokens=0)
    cost = await pricing.cost_of(usage, model, base_url=address, is_local=provider.is_local)
    return None if cost is None else format(cost, "f")
