"""The API's description and its page; their library is loaded when somebody first looks, not when the server starts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from csp.decorators import csp_replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    View = Callable[[HttpRequest], HttpResponseBase]


def schema(request: HttpRequest) -> HttpResponseBase:
    """`/api/schema`: OpenAPI 3.1."""
    return _views()[0](request)


# Swagger UI writes its styles and its start script into the page: this one page allows that, from this origin alone.
@csp_replace({"script-src": ["'self'", "'unsafe-inline'"], "style-src": ["'self'", "'unsafe-inline'"]})
def docs(request: HttpRequest) -> HttpResponseBase:
    """`/api/docs`: the same to look at and to try."""
    return _views()[1](request)


@cache
def _views() -> tuple[View, View]:
    from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

    return SpectacularAPIView.as_view(), SpectacularSwaggerView.as_view(url_name="schema")
