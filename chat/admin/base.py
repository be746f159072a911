"""What chat's admin pages share: read-only rows, and lists of bounded cost."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from chat.admin.totals import Totals, totals_of
from chat.models import ModelCall

#: Rows that a list counts, pages through and sums up; filters reach the older ones.
MOST_COUNTED = 10_000
#: The newest rows that a search for words reads; ids are found whatever their age.
MOST_SEARCHED = 50_000
PER_PAGE = 50
DIGITS = 18


class CappedPaginator(Paginator):
    """Counts `MOST_COUNTED` rows at most: a full count is the slow part of a long list."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or `MOST_COUNTED`."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by().values("pk")[:MOST_COUNTED].count()


class BoundedChangeList(ChangeList):
    """A list that also knows what its rows have cost."""

    model_admin: ReadOnlyAdmin
    result_list: Any
    capped: bool
    totals: Totals

    def get_results(self, request: HttpRequest) -> None:
        """The page, with the columns that it shows and no others, and the sums."""
        super().get_results(request)
        self.capped = self.result_count >= MOST_COUNTED
        # said below the list alone, where it can be said that it is capped
        self.full_result_count = self.result_count
        self.result_list = self.model_admin.with_columns(list(self.model_admin.light(self.result_list)))
        self.totals = totals_of(self.model_admin.calls_of(self.queryset[:MOST_COUNTED]))


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing is added or edited; deleting is asked for by `deletable`."""

    deletable = False
    #: Fields that a list must not load: texts of any size.
    heavy: tuple[str, ...] = ()
    #: An indexed column that grows with time.
    age = "pk"
    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = CappedPaginator
    # only the order that an index gives
    sortable_by = ()
    search_help_text = _("Un numéro, ou des mots : ils sont cherchés dans les 50 000 lignes les plus récentes.")

    class Media:
        css = {"all": ("chat/admin.css",)}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a record is not written by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what was said stays."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where it is foreseen, and the person may."""
        return self.deletable and super().has_delete_permission(request, obj)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Ours."""
        return BoundedChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By number, or by words in the newest rows."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit() and len(term) <= DIGITS:
            return queryset.filter(self.by_number(int(term))), False
        return self.newest(queryset).filter(self.by_words(term)), False

    def newest(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that a search for words reads."""
        older = self.model._default_manager.order_by(f"-{self.age}").values_list(self.age, flat=True)
        newest_of_them = list(older[MOST_SEARCHED : MOST_SEARCHED + 1])
        return queryset.filter(**{f"{self.age}__gt": newest_of_them[0]}) if newest_of_them else queryset

    def by_number(self, number: int) -> Q:
        """Rows that a number names."""
        return Q(pk=number)

    def by_words(self, words: str) -> Q:
        """Rows that have the words."""
        raise NotImplementedError

    def light(self, rows: Any) -> Any:
        """A list's rows without the fields that it does not show."""
        return rows.defer(*self.heavy) if isinstance(rows, QuerySet) else rows

    def with_columns(self, rows: list[Any]) -> list[Any]:
        """The rows of a page with what their columns need, fetched for all at once."""
        return rows

    def calls_of(self, rows: QuerySet[Any]) -> QuerySet[ModelCall]:
        """The model calls that rows of a list are about."""
        raise NotImplementedError


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    """The page of a long table inside another page that `?page=` asks for."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
