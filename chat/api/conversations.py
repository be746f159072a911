"""Conversations: plain resources, by DRF."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat.api.errors import exception_handler
from chat.api.input import CONTROL, number
from chat.api.output import (
    CONVERSATION_FIELDS,
    conversation_json,
    messages_json,
    summaries_json,
    totals_json,
    versions_json,
)
from chat.api.parsers import LimitedJSONParser
from chat.api.requests import changeable_conversation, refuse_readers, user_of
from chat.errors import ChatError
from chat.models import AIConversation, AIMessage
from chat.texts import active_language
from chat.titles import UNTITLED, searched
from chat.turns.start import allowed_mode, conversation_of, described, project_of
from chat.turns.stopping import stop_from_thread
from chat.turns.versions import choose
from chat.workspace import ConversationNews, tell_host

PAGE, MOST = 50, 200
MESSAGES_PAGE, MOST_MESSAGES = 30, 200


def cleaned(value: str) -> str:
    """One line without control characters."""
    return " ".join(CONTROL.sub("", value).split())


class WholeNumber(serializers.IntegerField):
    """A JSON number: `"1"` is text, as in the bodies that DRF does not read."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class AnyAccept(DefaultContentNegotiation):
    """Answers are JSON, whatever the caller says he takes: as those of the other views."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The first one."""
        return renderers[0], renderers[0].media_type


class ConversationBody(serializers.Serializer[Any]):
    """`POST /api/chat/conversations`."""

    project_id = WholeNumber(min_value=1, max_value=2**63 - 1)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    mode = serializers.ChoiceField(AIConversation.Mode.choices, required=False)

    def validate_title(self, value: str) -> str:
        """Without control characters."""
        return cleaned(value)


class ChangeBody(serializers.Serializer[Any]):
    """`PATCH /api/chat/conversations/{id}`: one of them at least."""

    title = serializers.CharField(max_length=200, required=False)
    mode = serializers.ChoiceField(AIConversation.Mode.choices, required=False)

    def validate_title(self, value: str) -> str:
        """Without control characters, not blank."""
        if not cleaned(value):
            raise serializers.ValidationError("blank")
        return cleaned(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Not nothing."""
        if not attrs:
            raise serializers.ValidationError({"title": "missing"})
        return attrs


class ChatView(APIView):
    """What chat's DRF views share: the host says who asks; errors are chat's."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (LimitedJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AnyAccept

    http: HttpRequest

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Keeps Django's own request, which is what the host's `ACCESS` takes."""
        self.http = request
        return super().initialize_request(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Not here: DRF would put an anonymous user into Django's request, where the host looks for the session's."""

    def get_exception_handler(self) -> Any:
        """Errors as `docs/api.md` says."""
        return exception_handler


class Conversations(ChatView):
    """`POST /api/chat/conversations`."""

    def post(self, request: Request) -> Response:
        """Creates an empty conversation."""
        user = user_of(self.http)
        body = ConversationBody(data=request.data)
        body.is_valid(raise_exception=True)
        project = project_of(user, body.validated_data["project_id"])
        title = body.validated_data["title"] or UNTITLED[active_language()]
        mode = allowed_mode(user, project, body.validated_data.get("mode"))
        conversation = AIConversation.objects.create(
            project=project, user=user, title=title, searched=searched(title), mode=mode, context=described(project)
        )
        tell_host(ConversationNews(project.pk, conversation.pk, "conversation"))
        return Response({"success": True, "conversation_id": conversation.pk, "title": title}, status=201)


class Conversation(ChatView):
    """`/api/chat/conversations/{id}`: GET lists a project's conversations (the id is the project's), PATCH changes one,
    DELETE removes one."""

    def get(self, request: Request, pk: int) -> Response:
        """The conversations of a project, newest first."""
        project = project_of(user_of(self.http), pk)
        limit = max(1, number(self.http, "limit", PAGE, MOST))
        found = AIConversation.objects.filter(project=project)
        if search := cleaned(request.GET.get("search", ""))[:200]:
            # what a host has made by itself has its title alone
            found = found.filter(Q(searched__contains=searched(search)) | Q(searched="", title__icontains=search))
        rows = list(
            _after(found, request.GET.get("after", ""))
            .order_by("-updated_at", "-id")
            .values(*CONVERSATION_FIELDS)[: limit + 1]
        )
        more = len(rows) > limit
        rows = rows[:limit]
        return Response({"conversations": rows, "next": cursor_of(rows[-1]) if more else None})

    def patch(self, request: Request, pk: int) -> Response:
        """Renames a conversation, or sets its mode; that is no reason to move it up."""
        conversation = changeable_conversation(self.http, pk)
        body = ChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        if "title" in values:
            values["searched"] = searched(values["title"])
        if "mode" in values:
            refuse_readers(self.http, conversation)
        AIConversation.objects.filter(pk=conversation.pk).update(**values)
        tell_host(ConversationNews(conversation.project_id, conversation.pk, "conversation"))
        title, mode = values.get("title", conversation.title), values.get("mode", conversation.mode)
        return Response({"success": True, "conversation_id": conversation.pk, "title": title, "mode": mode})

    def delete(self, request: Request, pk: int) -> Response:
        """Removes a conversation with its messages and actions; a running answer is stopped first."""
        conversation = changeable_conversation(self.http, pk)
        stop_running(conversation)
        with transaction.atomic():
            # a message that slipped in between is stopped by its own server, which finds its row gone
            AIConversation.objects.select_for_update().filter(pk=conversation.pk).first()
            conversation.delete()
        user = user_of(self.http)
        by = user.get_full_name() or user.get_username()
        tell_host(ConversationNews(conversation.project_id, pk, "deleted", by=by))
        return Response({"success": True})


def stop_running(conversation: AIConversation) -> None:
    """Stops the answer that a conversation's server is writing, if any."""
    running = conversation.messages.filter(status=AIMessage.Status.STREAMING).values_list("pk", flat=True).first()
    if running is not None:
        stop_from_thread(running)


class Messages(ChatView):
    """`GET /api/chat/conversations/{id}/messages`."""

    def get(self, request: Request, pk: int) -> Response:
        """A page of a conversation's messages, oldest first; the newest page unless `before` says otherwise."""
        conversation = conversation_of(user_of(self.http), pk)
        limit = max(1, number(self.http, "limit", MESSAGES_PAGE, MOST_MESSAGES))
        before = number(self.http, "before", 0, 2**63 - 1)
        found = conversation.messages.all()
        if request.GET.get("replaced") != "1":
            found = found.filter(current=True)
        if before:
            found = found.filter(pk__lt=before)
        messages = list(found.order_by("-id")[: limit + 1])
        more = len(messages) > limit
        messages = messages[:limit][::-1]
        return Response(
            {
                "conversation": conversation_json(conversation),
                "messages": messages_json(messages),
                "before": messages[0].pk if more else None,
                "totals": totals_json(conversation.pk),
                "summaries": summaries_json(conversation.pk, [message.pk for message in messages]),
                "versions": [] if before else versions_json(conversation.pk),
            }
        )


class Choose(ChatView):
    """`POST /api/chat/messages/{id}/choose`."""

    def post(self, request: Request, pk: int) -> Response:
        """Makes an earlier version of the last exchange the one that counts, again."""
        conversation = choose(user_of(self.http), pk)
        tell_host(ConversationNews(conversation.project_id, conversation.pk, "message"))
        return Response(
            {"success": True, "conversation_id": conversation.pk, "versions": versions_json(conversation.pk)}
        )


def cursor_of(row: dict[str, Any]) -> str:
    """Where the next page begins: the last row's place in the order."""
    return base64.urlsafe_b64encode(f"{row['updated_at'].isoformat()}|{row['id']}".encode()).decode()


def _after(found: QuerySet[AIConversation], cursor: str) -> QuerySet[AIConversation]:
    """The rows behind a cursor, by the index: no offset.  Raises `ChatError("invalid")`."""
    if not cursor:
        return found
    try:
        moment, _, pk = base64.urlsafe_b64decode(cursor).decode().partition("|")
        at, last = datetime.fromisoformat(moment), int(pk)
    except (ValueError, binascii.Error) as error:
        raise ChatError("invalid", fields={"after": "unknown cursor"}) from error
    if at.tzinfo is None or not 0 < last < 2**63:
        raise ChatError("invalid", fields={"after": "unknown cursor"})
    return found.filter(Q(updated_at__lt=at) | Q(updated_at=at, pk__lt=last))
