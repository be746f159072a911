"""What became of the assistant's proposals in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.models import Project
from projects.pages import for_project
from projects.views_settings import sees

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PERIODS = (7, 30, 90)


@require_safe
@for_project(sees)
def show(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """By model and by day; the figures and plots are chat's."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    context = {"project": project, "viewer": user, "days": days, "periods": PERIODS}
    return render(request, "projects/statistics.html", context)
