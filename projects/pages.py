"""What the pages share: who looks, and whether they may."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from chat.origin import SAFE_METHODS
from projects import access
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PersonalPage = Callable[Concatenate[HttpRequest, "User", P], HttpResponseBase]
ProjectPage = Callable[Concatenate[HttpRequest, "User", Project, P], HttpResponseBase]
May = Callable[["User", Project], bool]


def for_person(view: PersonalPage[P]) -> Page[P]:
    """Call the view with the person who asks; without one, show the login page."""

    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = access.page_user(request)
        if user is None:
            return redirect_to_login(request.get_full_path() if request.method in SAFE_METHODS else "/")
        return view(request, user, *args, **kwargs)

    functools.update_wrapper(page, view)
    return never_cache(page)


def for_project(may: May) -> Callable[[ProjectPage[P]], Callable[..., HttpResponseBase]]:
    """The same with the project that the address names: 404 for strangers, 403 for who may not."""

    def decorate(view: ProjectPage[P]) -> Callable[..., HttpResponseBase]:
        def page(
            request: HttpRequest, user: User, project_id: int, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            project = project_or_404(user, project_id)
            if not may(user, project):
                raise PermissionDenied
            return view(request, user, project, *args, **kwargs)

        functools.update_wrapper(page, view)
        return for_person(page)

    return decorate


def project_or_404(user: User, project_id: int) -> Project:
    try:
        return access.project_for(user, project_id)
    except Project.DoesNotExist:
        raise Http404 from None
