"""The conversation list as it is usually written: a DRF serializer, and messages counted when they are asked for.

The same session, the same check of the project, 50 conversations, the newest first, in the same JSON.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from rest_framework import generics, serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from chat.models import AIConversation
from projects.access import project_for

PAGE = 50
FIELDS = ("id", "title", "created_at", "updated_at", "message_count")


class CountedSerializer(serializers.ModelSerializer[AIConversation]):
    """With what the query counted."""

    message_count = serializers.IntegerField(source="counted")

    class Meta:
        model = AIConversation
        fields = FIELDS


class NestedSerializer(serializers.ModelSerializer[AIConversation]):
    """Counts by itself, for each row."""

    message_count = serializers.SerializerMethodField()

    class Meta:
        model = AIConversation
        fields = FIELDS

    def get_message_count(self, row: AIConversation) -> int:
        return row.messages.count()


class PlainList(generics.GenericAPIView[AIConversation]):
    """What both have in common."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> QuerySet[AIConversation]:
        project = project_for(self.request.user, self.kwargs["project_id"])
        return AIConversation.objects.filter(project=project).order_by("-updated_at")

    def get(self, request: Request, **_: Any) -> Response:
        rows = self.get_queryset()[:PAGE]
        return Response({"conversations": self.get_serializer(rows, many=True).data})


class CountedList(PlainList):
    """`annotate(Count())`."""

    serializer_class = CountedSerializer

    def get_queryset(self) -> QuerySet[AIConversation]:
        return super().get_queryset().annotate(counted=Count("messages"))


class NestedList(PlainList):
    """A query for each row."""

    serializer_class = NestedSerializer
