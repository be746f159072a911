"""A project's settings, and what is done with the project as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from projects import access, creation, invitations, members, purge, technologies
from projects.events import hub
from projects.forms import InvitationForm, SettingsForm
from projects.models import Membership, Project
from projects.pages import for_project

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def sees(user: User, project: Project) -> bool:
    """Whoever gets as far as the project."""
    return True


@require_http_methods(["GET", "HEAD"])
@for_project(sees)
def show(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    return page(request, user, project)


@require_POST
@for_project(access.can_write)
def save(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    with transaction.atomic():
        form = settings_form(request, user, Project.objects.select_for_update(no_key=True).get(pk=project.pk))
        if form.is_valid():
            # what the form is about and nothing else: the project may have been handed over or archived meanwhile
            form.save(commit=False).save(update_fields=[*form.Meta.fields, "updated_at"])
    if not form.is_valid():
        status = 409 if form.contested else 400
        return page(request, user, Project.objects.get(pk=project.pk), form=form, status=status)
    messages.success(request, _("Les réglages sont enregistrés."))
    if form.keeps_theirs:
        messages.info(request, _("Ce que d'autres ont changé entre-temps est resté comme ils l'ont mis."))
    return redirect("projects:settings", project_id=project.pk)


@require_POST
@for_project(sees)
def duplicate(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    copy = creation.copy_of(project, user, _("%(name)s (copie)") % {"name": project.name[:190]})
    messages.success(
        request, _("Voici la copie : les fichiers et les réglages, sans l'historique ni les conversations.")
    )
    return redirect("projects:settings", project_id=copy.pk)


@require_POST
@for_project(access.can_manage)
def archive(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """Puts a project away: it leaves the list and is read-only; and takes it out again."""
    away = request.POST.get("archived") == "1"
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now() if away else None)
    hub.tell(project.pk)
    messages.success(request, _("Le projet est archivé.") if away else _("Le projet est de nouveau actif."))
    return redirect("projects:list") if away else redirect("projects:settings", project_id=project.pk)


@require_POST
@for_project(access.can_purge)
def purge_history(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """Old revisions, for good, once the project's name was typed."""
    days = request.POST.get("days", "")
    if request.POST.get("name", "").strip() != project.name.strip() or days not in map(str, purge.AGES):
        wrong = _("Ce n'est pas le nom du projet : rien n'a été effacé.")
        return page(request, user, project, purge_error=wrong, status=400)
    before = purge.first_kept(project, int(days))
    purged = purge.purge(project, user, before=before) if before > 1 else purge.NOTHING
    messages.success(
        request, _purged(purged) if purged.revisions else _("Rien n'est aussi ancien : rien n'est effacé.")
    )
    return redirect(reverse("projects:settings", args=[project.pk]) + "#danger")


def _purged(found: purge.Purged) -> str:
    told = {
        "revisions": ngettext("%(count)s révision", "%(count)s révisions", found.revisions)
        % {"count": found.revisions},
        "contents": ngettext("%(count)s contenu", "%(count)s contenus", found.contents) % {"count": found.contents},
        "bytes": filesizeformat(found.bytes),
    }
    return _("L'historique est purgé : %(revisions)s et %(contents)s de moins, %(bytes)s libérés.") % told


@require_POST
@for_project(access.can_own)
def delete(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """For good, once its name was typed."""
    if request.POST.get("name", "").strip() != project.name.strip():
        wrong = _("Ce n'est pas le nom du projet : rien n'a été supprimé.")
        return page(request, user, project, delete_error=wrong, status=400)
    project.delete()
    messages.success(request, _("Le projet « %(name)s » est supprimé.") % {"name": project.name})
    return redirect("projects:list")


def settings_form(request: HttpRequest, user: User, project: Project) -> SettingsForm:
    return SettingsForm(
        request.POST if request.method == "POST" else None,
        instance=project,
        may_write=access.can_write(user, project),
        may_manage=project.archived_at is None and access.can_manage(user, project),
        own_host=request.get_host(),
    )


def page(
    request: HttpRequest,
    user: User,
    project: Project,
    *,
    form: SettingsForm | None = None,
    invitation_form: InvitationForm | None = None,
    delete_error: str = "",
    purge_error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The settings page; with a form that was refused, as it was typed."""
    found = technologies.detected(project)
    may_manage = access.can_manage(user, project)
    people = list(members.members_of(project))
    context = {
        "project": project,
        "viewer": user,
        "form": form or _fresh(request, user, project),
        "detected": found,
        "undetected": [name for name in found if name not in project.technologies],
        "may_write": access.can_write(user, project),
        "may_manage": may_manage,
        "may_own": access.can_own(user, project),
        "members": people,
        "heirs": [one for one in people if one.user_id != project.owner_id],
        "is_member": any(one.user_id == user.pk for one in people),
        "roles": Membership.Role.choices,
        "invitation_form": invitation_form or InvitationForm(),
        "invitations": _links(request, project) if may_manage else [],
        "delete_error": delete_error,
        "typed_name": request.POST.get("name", "") if delete_error or purge_error else "",
        "older": _older(project) if access.can_purge(user, project) else [],
        "purge_error": purge_error,
        "purge_days": request.POST.get("days", ""),
    }
    return render(request, "projects/settings.html", context, status=status)


def _fresh(request: HttpRequest, user: User, project: Project) -> SettingsForm:
    form = settings_form(request, user, project)
    form.is_bound = False
    return form


def _older(project: Project) -> list[dict[str, object]]:
    """What a purge may take, for the page: none, where it would take nothing."""
    return [{"days": days, "count": count} for days, count in purge.older(project).items() if count]


def _links(request: HttpRequest, project: Project) -> list[dict[str, object]]:
    """The open invitations with the address of each."""
    return [
        {"row": one, "link": request.build_absolute_uri(f"/invitations/{invitations.key_of(one)}")}
        for one in invitations.open_ones(project)[: invitations.MOST_OPEN]
    ]
