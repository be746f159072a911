"""What a request gets that no view has seen."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from chat.api.errors import error_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django refuses by itself, for the name it was sent to above all: the API answers as it always
    does."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    return error_response("bad_host" if isinstance(exception, DisallowedHost) else "invalid")
