"""Who belongs to a project: roles, leaving, handing over, invitations and what comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import access, invitations, members
from projects.forms import InvitationForm, SignUpForm
from projects.models import Membership, Project
from projects.pages import for_person, for_project
from projects.views_settings import page, sees

if TYPE_CHECKING:
    from django.contrib.auth.models import User

REMOVE = "remove"


@require_POST
@for_project(access.can_manage)
def change(request: HttpRequest, user: User, project: Project, user_id: int) -> HttpResponse:
    """A member's role, or `remove`. Who owns beside the founder is the founder's to say."""
    wanted = request.POST.get("role", "")
    now = project.memberships.filter(user=user_id).values_list("role", flat=True).first()
    try:
        if not access.can_own(user, project) and Membership.Role.OWNER in (wanted, now):
            raise members.NotPossible
        if wanted == REMOVE:
            members.remove(project, user_id)
        elif wanted in Membership.Role.values:
            members.change_role(project, user_id, wanted)
        else:
            raise members.NotPossible
    except members.NotPossible:
        return _refused(request, project)
    messages.success(request, _("Les membres sont à jour."))
    return _back(project)


@require_POST
@for_project(sees)
def leave(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    try:
        members.remove(project, user.pk)
    except members.NotPossible:
        return _refused(request, project)
    messages.success(request, _("Vous avez quitté « %(name)s ».") % {"name": project.name})
    return redirect("projects:list")


@require_POST
@for_project(access.can_own)
def hand_over(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    heir = request.POST.get("user", "")
    try:
        members.hand_over(project, int(heir) if heir.isascii() and heir.isdigit() and len(heir) < 19 else 0)
    except members.NotPossible:
        return _refused(request, project)
    messages.success(request, _("Le projet a un nouveau propriétaire."))
    return _back(project)


@require_POST
@for_project(access.can_manage)
def invite(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return page(request, user, project, invitation_form=form, status=400)
    if invitations.open_ones(project).count() >= invitations.MOST_OPEN:
        messages.error(request, _("Il y a trop d'invitations ouvertes : retirez-en."))
        return _back(project)
    given = form.cleaned_data
    invitations.invite(project, user, given["role"], given["days"], given["label"])
    messages.success(request, _("L'invitation est prête : envoyez son lien."))
    return _back(project)


@require_POST
@for_project(access.can_manage)
def revoke(request: HttpRequest, user: User, project: Project, invitation_id: int) -> HttpResponse:
    project.invitations.filter(pk=invitation_id, accepted_at=None).delete()
    messages.success(request, _("L'invitation est retirée."))
    return _back(project)


@never_cache
@require_safe
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """What an invitation is to; who is not logged in logs in, or makes an account where the site allows it."""
    return _invitation_page(request, key, SignUpForm())


@require_POST
@for_person
def join(request: HttpRequest, user: User, key: str) -> HttpResponse:
    try:
        project = invitations.accept(key, user)
    except invitations.NotValid:
        return render(request, "projects/invitation.html", {"viewer": user}, status=404)
    return redirect("projects:editor", project_id=project.pk)


@never_cache
@require_http_methods(["POST"])
def sign_up(request: HttpRequest, key: str) -> HttpResponse:
    """An account for somebody who was invited, and the membership with it."""
    form = SignUpForm(request.POST)
    if not settings.WEBOX_INVITED_SIGN_UP or access.page_user(request) is not None:
        return _invitation_page(request, key, form, status=403)
    try:
        invitations.find(key)
        if not form.is_valid():
            return _invitation_page(request, key, form, status=400)
        with transaction.atomic():
            user = form.save()
            project = invitations.accept(key, user)
    except invitations.NotValid:
        return render(request, "projects/invitation.html", status=404)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("projects:editor", project_id=project.pk)


def _invitation_page(request: HttpRequest, key: str, form: SignUpForm, status: int = 200) -> HttpResponse:
    viewer = access.page_user(request)
    try:
        found = invitations.find(key)
    except invitations.NotValid:
        return render(request, "projects/invitation.html", {"viewer": viewer}, status=404)
    context = {
        "viewer": viewer,
        "invitation": found,
        "key": key,
        "form": form if settings.WEBOX_INVITED_SIGN_UP and viewer is None else None,
        "is_member": viewer is not None and access.role_in(viewer, found.project) is not None,
    }
    return render(request, "projects/invitation.html", context, status=status)


def _refused(request: HttpRequest, project: Project) -> HttpResponse:
    """The founder's own place, somebody who is no member, or a role that is not this person's to give."""
    messages.error(request, _("Ce n'est pas possible : rien n'a changé."))
    return _back(project)


def _back(project: Project) -> HttpResponse:
    return redirect(reverse("projects:settings", args=[project.pk]) + "#members")
