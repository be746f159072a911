"""Projects to look at: who belongs to them, their files and history. No page costs more for a bigger project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from projects.contested_admin import ContestedAdmin
from projects.models import ApiToken, Invitation, Membership, Project, ProjectFile, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

MOST_COUNTED = 10_000
MOST_SHOWN = 200


class BoundedPaginator(Paginator):
    """Counts so far and no further: a count of every row is the slow part of a long list."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:MOST_COUNTED].count() if isinstance(rows, QuerySet) else len(rows)


class Looked(admin.ModelAdmin):
    """A list to look at: rows are the site's own to write."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 100

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Project)
class ProjectAdmin(ContestedAdmin):
    list_display = ("name", "project_type", "owner", "file_count", "head", "archived_at", "updated_at")
    list_filter = ("project_type", ("archived_at", admin.EmptyFieldListFilter), "updated_at")
    list_select_related = ("owner",)
    search_fields = ("name", "description")
    autocomplete_fields = ("owner",)
    readonly_fields = ("created_at", "updated_at", "head", "file_count", "total_bytes", "browse")
    inlines = (MembershipInline,)
    paginator = BoundedPaginator
    show_full_result_count = False

    @admin.display(description=_("parcourir"))
    def browse(self, project: Project) -> str:
        if not project.head and not project.pk:
            return "-"
        addresses = [reverse(f"admin:projects_{name}_changelist") for name in ("projectfile", "revision")]
        return format_html(
            '<a href="{}?project__id__exact={}">{}</a> · <a href="{}?project__id__exact={}">{}</a>',
            addresses[0], project.pk, _("fichiers"), addresses[1], project.pk, _("révisions"),
        )  # fmt: skip

    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any, Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Counted, not listed: a project may have ten thousand files."""
        counts = {
            str(Project._meta.verbose_name_plural): len(objs),
            str(_("fichiers")): ProjectFile.objects.filter(project__in=objs).count(),
            str(_("révisions")): Revision.objects.filter(project__in=objs).count(),
        }
        denied = set() if self.has_delete_permission(request) else {str(Project._meta.verbose_name)}
        return [str(project) for project in objs], counts, denied, []


@admin.register(ProjectFile)
class ProjectFileAdmin(Looked):
    list_display = ("path", "project", "size", "encoding", "updated_at")
    search_fields = ("path",)
    fields = readonly_fields = ("project", "path", "digest", "size", "encoding", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProjectFile]:
        """With what is said of the bytes, without the bytes."""
        return super().get_queryset(request).select_related("project", "blob").defer("blob__data")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A file goes by a revision, not here."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "project__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("taille"))
    def size(self, file: ProjectFile) -> int:
        return file.blob.size

    @admin.display(description=_("encodage"))
    def encoding(self, file: ProjectFile) -> str:
        return file.blob.encoding or "-"

    @admin.display(description=_("empreinte SHA-256"))
    def digest(self, file: ProjectFile) -> str:
        return file.blob_id


@admin.register(Revision)
class RevisionAdmin(Looked):
    list_display = ("number", "project", "author", "origin", "message", "created_at")
    list_filter = ("origin", "created_at")
    list_select_related = ("project", "author")
    search_fields = ("message",)
    ordering = ("-pk",)
    fields = readonly_fields = ("project", "number", "author", "origin", "message", "created_at", "what")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History goes with its project alone."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "project__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("changements"))
    def what(self, revision: Revision) -> str:
        rows = revision.changes.values_list("path", "before_id", "after_id")
        lines = [f"{_sign(before, after)} {path}" for path, before, after in rows[:MOST_SHOWN]]
        total = revision.changes.aggregate(total=Count("pk"))["total"]
        more = [f"… +{total - len(lines)}"] if total > len(lines) else []
        return format_html("<pre>{}</pre>", "\n".join([*lines, *more]))


@admin.register(Invitation)
class InvitationAdmin(Looked):
    """Deleting one takes it back."""

    list_display = ("project", "role", "label", "created_by", "expires_at", "accepted_by", "accepted_at")
    list_filter = ("role", "expires_at")
    list_select_related = ("project", "created_by", "accepted_by")
    search_fields = ("label", "project__name")


@admin.register(ApiToken)
class ApiTokenAdmin(Looked):
    """Deleting one revokes it."""

    list_display = ("name", "user", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    fields = readonly_fields = ("name", "user", "created", "expiry")


def _sign(before: str | None, after: str | None) -> str:
    return "+" if before is None else "-" if after is None else "~"
