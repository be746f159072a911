"""`path("api/chat/", include("chat.api.urls"))`.  Paths carry no trailing slash."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, register_converter
from django.views.decorators.csrf import csrf_exempt

from chat.api import actions, catalog, context, conversations, messages, pending, sent
from chat.api.errors import error_response


class RowId:
    """A row's id: as many digits as a database's big integer surely holds."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_converter(RowId, "row")


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Any other address under the API: its 404 is JSON as well.  It changes nothing, so it asks for no token: who has
    none is to hear that the address is wrong."""
    return error_response("not_found")


app_name = "chat"
urlpatterns = [
    path("conversations", conversations.Conversations.as_view(), name="conversations"),
    path("conversations/<row:pk>", conversations.Conversation.as_view(), name="conversation"),
    path("conversations/<row:pk>/messages", conversations.Messages.as_view(), name="messages"),
    path("proposals/<row:pk>", pending.Proposals.as_view(), name="proposals"),
    path("message", messages.send, name="message"),
    path("messages/<row:message_id>/events", messages.events, name="events"),
    path("messages/<row:message_id>/stop", messages.stop, name="stop"),
    path("messages/<row:message_id>/retry", messages.retry, name="retry"),
    path("messages/<row:message_id>/continue", messages.go_on, name="continue"),
    path("messages/<row:pk>/choose", conversations.Choose.as_view(), name="choose"),
    path("messages/<row:message_id>/calls", messages.calls, name="calls"),
    path("messages/<row:message_id>/request", sent.request_file, name="request"),
    path("messages/<row:message_id>/comparison", sent.comparison, name="comparison"),
    path("context/preview", context.preview, name="context_preview"),
    path("context/indexing", context.indexing, name="context_indexing"),
    path("context/suggestions", context.suggest, name="context_suggestions"),
    path("messages/<row:message_id>/receipt", messages.receipt, name="receipt"),
    path("messages/<row:pk>/proposal", actions.Proposal.as_view(), name="proposal"),
    *(
        path(f"messages/<row:pk>/{name}", view.as_view(whole=True), name=f"{name}_message")
        for name, view in actions.DECISIONS.items()
    ),
    path("actions/<row:pk>", actions.Action.as_view(), name="action"),
    *(
        path(f"actions/<row:pk>/{name}", view.as_view(), name=f"{name}_action")
        for name, view in actions.DECISIONS.items()
    ),
    path("models", catalog.models, name="models"),
    re_path(r"", nowhere, name="nowhere"),
]
