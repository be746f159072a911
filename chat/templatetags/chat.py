"""`{% load chat %}{% chat_panel project %}` puts the chat panel on a page; `{% chat_statistics project 30 %}` what
became of the proposals of 30 days, with the sheet `chat/statistics.css`."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.urls import reverse

from chat.actions import statistics_shown
from chat.conf import settings as chat_settings
from chat.texts import active_language

register = template.Library()


@register.inclusion_tag("chat/panel.html", takes_context=True)
def chat_panel(context: template.Context, project: Any, theme: str = "auto") -> dict[str, Any]:
    """The panel for a project, given as the object or its key; `theme` is `light`, `dark` or `auto`, as the system is.

    The element carries all that the script needs to know, so a page with a strict policy needs no inline script.
    """
    # the variable is a context processor's; what `render` is given is there without it
    request = context.get("request") or getattr(context, "request", None)
    return {
        # as text: a site may write its numbers with separators
        "project": str(getattr(project, "pk", project)),
        # what the browser keeps is kept per person; empty where nobody is logged in
        "user": str(getattr(getattr(request, "user", None), "pk", None) or ""),
        "theme": theme,
        "api": reverse("chat:message").rpartition("/")[0],
        "language": active_language(),
        "longest_message": str(int(chat_settings.MAX_MESSAGE_CHARACTERS)),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "csrf_header": settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
        # asking for the token also sets the cookie, and serves sites whose cookie scripts can't read
        "csrf_token_value": get_token(request) if request is not None else "",
        "nonce": _nonce(context, request),
    }


@register.inclusion_tag("chat/statistics.html")
def chat_statistics(project: Any, days: int) -> dict[str, Any]:
    """What became of the assistant's proposals, of a project or (`None`) of all, by model and by day."""
    return statistics_shown.shown(days=days, project_id=None if project is None else getattr(project, "pk", project))


def _nonce(context: template.Context, request: Any) -> str:
    """The page's CSP nonce, wherever django-csp or Django's own middleware keeps it; empty without a policy."""
    return str(getattr(request, "csp_nonce", "") or context.get("csp_nonce") or "")
