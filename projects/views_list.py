"""The list of a person's projects, and new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import access, creation
from projects.demo import create_demo
from projects.errors import FilesError
from projects.forms import NewProjectForm
from projects.limits import limit
from projects.models import Membership, Project
from projects.pages import for_person

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PAGE = 24
MOST_CHARACTERS = 100


@require_safe
@for_person
def project_list(request: HttpRequest, user: User) -> HttpResponse:
    """Newest change first; `?q=` searches, `?archived=1` shows what was put away."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:MOST_CHARACTERS]
    archived = request.GET.get("archived") == "1"
    mine = access.visible_projects(user)
    found = _searched(mine.filter(archived_at__isnull=not archived), query)
    page = Paginator(_with_roles(found, user), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "query": query, "archived": archived, "viewer": user}
    if not page.paginator.count and not query and not archived:
        context |= {"first_visit": not mine.exists(), "starters": creation.ALL, "form": NewProjectForm()}
    return render(request, "projects/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def new(request: HttpRequest, user: User) -> HttpResponse:
    """The form; a script that shows how far an archive has come asks for JSON: `{location}` or `{errors}`."""
    form = NewProjectForm(request.POST or None, request.FILES or None, initial={"start": request.GET.get("start")})
    by_script = request.headers.get("Accept") == "application/json"
    if request.method == "POST" and form.is_valid() and (project := _made(form, user)) is not None:
        there = reverse("projects:editor", args=[project.pk])
        return JsonResponse({"location": there}, status=201) if by_script else redirect(there)
    if request.method == "POST" and by_script:
        return JsonResponse({"errors": form.errors}, status=400)
    status = 400 if request.method == "POST" else 200
    context = {"form": form, "starters": creation.ALL, "viewer": user}
    return render(request, "projects/new.html", context, status=status)


@require_POST
@for_person
def demo(request: HttpRequest, user: User) -> HttpResponse:
    return redirect("projects:editor", project_id=create_demo(user).pk)


def _searched(projects: QuerySet[Project], query: str) -> QuerySet[Project]:
    for word in query.split():
        projects = projects.filter(
            Q(name__icontains=word) | Q(description__icontains=word) | Q(project_type__icontains=word)
        )
    return projects


def _with_roles(projects: QuerySet[Project], user: User) -> QuerySet[Project]:
    """Each with the person's role in it as `role`: no query for each."""
    mine = Membership.objects.filter(project=OuterRef("pk"), user=user).values("role")
    return projects.annotate(role=Subquery(mine)).select_related("owner")


def _made(form: NewProjectForm, user: User) -> Project | None:
    """The project; None where its archive was refused, which the form then says."""
    given = form.cleaned_data
    name, archive = given["name"].strip(), given["archive"]
    if given["start"] != NewProjectForm.FROM_ARCHIVE:
        return creation.from_starter(user, name, creation.BY_KEY[given["start"]])
    if archive.size > limit("MAX_ARCHIVE_BYTES"):
        form.add_error("archive", _("Cette archive est trop grande."))
        return None
    try:
        return creation.from_archive(user, name, archive.file)
    except FilesError as error:
        form.add_error("archive", str(error))
        return None


def tell(request: HttpRequest, text: str) -> None:
    """What was done, said on the next page."""
    messages.success(request, text)
