"""What a request gets that no view has seen, or that a view broke on."""

from __future__ import annotations

import logging

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.views import defaults

from chat.api.errors import error_response

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django refuses by itself, for the name it was sent to above all: the API answers as it always
    does."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    return error_response("bad_host" if isinstance(exception, DisallowedHost) else "invalid")


def server_error(request: HttpRequest) -> HttpResponse:
    """The studio's page for errors; what broke may be what that page needs, too: then a bare one."""
    try:
        return defaults.server_error(request)
    except Exception:
        logger.exception("the page for errors could not be shown")
        return HttpResponseServerError(defaults.ERROR_PAGE_TEMPLATE % {"title": "Server Error (500)", "details": ""})
