"""Which models there are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from chat.api.errors import answers
from chat.api.input import number
from chat.api.output import json_response
from chat.api.requests import user_of
from chat.conf import settings
from chat.events.writer import readers
from chat.llm import registry
from chat.llm.errors import ModelError
from chat.models import AIConversation
from chat.texts import text_of
from chat.turns.start import project_of

MAX_ID = 2**63 - 1


@answers("GET")
async def models(request: HttpRequest) -> HttpResponse:
    """`GET /api/chat/models`: what the servers offer; where they do not say, the default alone and why.

    With `?project_id=` the default is the project's own, and the modes are those that the caller may choose in it.
    """
    own, modes = await readers.run(_of_project, request)
    _, default = registry.provider_for(own or None)
    try:
        found, error = list(await registry.list_models()), None
    except ModelError as problem:
        found, error = [], {"code": problem.code, "message": text_of(problem.code, problem.detail)}
    shown = [
        {
            "id": model.id,
            "label": model.label or model.id,
            "context_window": model.context_window,
            "notice": model.notice,
        }
        for model in found
    ]
    if any(model["id"] == own for model in shown):
        default = own
    if not any(model["id"] == default for model in shown) and (error is None or error["code"] != "missing_api_key"):
        shown.insert(0, {"id": default, "label": default, "context_window": None, "notice": None})
    notice = _notice(shown, default)
    return json_response({"models": shown, "default": default, "notice": notice, "error": error, "modes": modes})


def _of_project(request: HttpRequest) -> tuple[str, list[str]]:
    """The model that a project's people have chosen for it, or nothing, and the modes that the caller may choose.

    What is applied by itself is applied for somebody who may write.
    """
    user = user_of(request)
    project_id = number(request, "project_id", 0, MAX_ID)
    if not project_id:
        return "", list(AIConversation.Mode.values)
    project = project_of(user, project_id)
    modes = AIConversation.Mode.values if settings.ACCESS().can_write(user, project) else [AIConversation.Mode.ASK]
    return str(settings.WORKSPACE(project).describe().default_model), [str(mode) for mode in modes]


def _notice(models: list[dict[str, Any]], default: str) -> dict[str, str] | None:
    """What the panel must say of the default model."""
    code = next((model["notice"] for model in models if model["id"] == default and model["notice"]), None)
    return None if code is None else {"code": code, "message": text_of(code)}
