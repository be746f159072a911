"""Filters whose cost does not grow with the tables: nothing is listed that may have thousands of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import AIConversation, ModelCall

#: People or projects that one word may stand for.
MOST_FOUND = 100
#: Up to so many rows on the other side a list is put together from them; beyond, its own order is followed and each row
#: is looked at, as about every hundredth will fit.
FEW = 2_000
MOST_MODELS = 50

# `DISTINCT` reads every entry of the index; this jumps from one value to the next.
MODELS_SQL = """
WITH RECURSIVE found(model) AS (
    SELECT MIN(model) FROM {table}
    UNION ALL
    SELECT (SELECT MIN(model) FROM {table} WHERE model > found.model) FROM found WHERE found.model IS NOT NULL
)
SELECT model FROM found WHERE model IS NOT NULL LIMIT {most}
"""


def among(rows: QuerySet[Any], column: str, others: QuerySet[Any], other_column: str = "pk") -> QuerySet[Any]:
    """The rows whose `column` is the `other_column` of one of `others`; driven from the smaller side."""
    others = others.order_by()
    if others.values("pk")[: FEW + 1].count() <= FEW:
        return rows.filter(**{f"{column}__in": others.values(other_column)})
    return rows.filter(Exists(others.filter(**{other_column: OuterRef(column)})))


class TypedFilter(admin.SimpleListFilter):
    """A filter that is typed: a form, because a list of all values would be too long."""

    template = "admin/chat/typed_filter.html"
    hint: Any = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """None: they are typed."""
        return []

    def has_output(self) -> bool:
        """Always."""
        return True

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """What the form needs: the other parameters that stay, and the way out."""
        kept = {key: value for key, value in changelist.params.items() if key != self.parameter_name}
        yield {
            "kept": kept,
            "value": self.value() or "",
            "hint": self.hint,
            "without": changelist.get_query_string(remove=[str(self.parameter_name)]),
        }


class RelatedFilter(TypedFilter):
    """A project or a user, by number or by what its own admin searches; `path` leads to the conversation."""

    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the conversations that are meant."""
        value = (self.value() or "").strip()
        if not value:
            return queryset
        wanted = {f"{self.field}__in": self._ids(request, value)}
        path = conversation_path(queryset.model)
        if not path:
            return queryset.filter(**wanted)
        return among(queryset, path, AIConversation.objects.filter(**wanted))

    def _ids(self, request: HttpRequest, value: str) -> Any:
        model: Any = AIConversation._meta.get_field(self.field).related_model
        if value.isascii() and value.isdigit() and len(value) <= 18:
            return [int(value)]
        return searched(request, model, value).order_by().values("pk")[:MOST_FOUND]


def searched(request: HttpRequest, model: type[Model], words: str) -> QuerySet[Any]:
    """Rows of the host's model by what its admin searches; none where it has no admin, or one without a search."""
    try:
        its_admin = admin.site.get_model_admin(model)
    except NotRegistered:
        return model._default_manager.none()
    if not its_admin.get_search_fields(request):
        return model._default_manager.none()
    return its_admin.get_search_results(request, model._default_manager.all(), words)[0]


def conversation_path(model: type[Model]) -> str:
    """Where a row names its conversation; empty for a conversation."""
    names = {"aiconversation": "", "aimessage": "conversation_id"}
    return names.get(str(model._meta.model_name), "message__conversation_id")


class ProjectFilter(RelatedFilter):
    """By project."""

    title = _("projet")
    parameter_name = "project"
    field = "project"
    hint = _("numéro ou nom")


class UserFilter(RelatedFilter):
    """By person."""

    title = _("utilisateur")
    parameter_name = "user"
    field = "user"
    hint = _("numéro ou nom")


class ModelFilter(admin.SimpleListFilter):
    """By the model that was called: those that the calls name."""

    title = _("modèle")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every model that was ever called, in one query that reads an index entry for each."""
        with connection.cursor() as cursor:
            cursor.execute(MODELS_SQL.format(table=ModelCall._meta.db_table, most=MOST_MODELS))
            return [(name, name) for (name,) in cursor.fetchall()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Calls of the model, or the messages that such a call made."""
        if self.value() is None:
            return queryset
        calls = ModelCall.objects.filter(model=self.value())
        if queryset.model is ModelCall:
            return queryset.filter(model=self.value())
        return among(queryset, "pk", calls, "message_id")


class OutcomeFilter(admin.SimpleListFilter):
    """Calls by how they ended."""

    title = _("issue")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Two."""
        return [("ok", _("sans erreur")), ("error", _("en erreur"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Calls with or without an error."""
        match self.value():
            case "ok":
                return queryset.filter(error__isnull=True)
            case "error":
                return queryset.filter(error__isnull=False)
        return queryset
