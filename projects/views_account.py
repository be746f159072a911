"""A person's own page: API tokens. A new one is shown once, in the answer to the very request that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import tokens
from projects.forms import TokenForm
from projects.pages import for_person

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@require_safe
@for_person
def account(request: HttpRequest, user: User) -> HttpResponse:
    return _page(request, user, TokenForm())


@require_POST
@for_person
def create_token(request: HttpRequest, user: User) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form, status=400)
    if tokens.tokens_of(user).count() >= tokens.MOST_TOKENS:
        form.add_error(None, _("Vous avez déjà beaucoup de jetons : révoquez ceux qui ne servent plus."))
        return _page(request, user, form, status=400)
    text = tokens.create(user, form.cleaned_data["name"], form.cleaned_data["days"])
    return _page(request, user, TokenForm(), made=text)


@require_POST
@for_person
def revoke_token(request: HttpRequest, user: User) -> HttpResponse:
    if tokens.tokens_of(user).filter(digest=request.POST.get("token", "")).delete()[0]:
        messages.success(request, _("Le jeton est révoqué."))
    return redirect("projects:account")


def _page(request: HttpRequest, user: User, form: TokenForm, *, made: str = "", status: int = 200) -> HttpResponse:
    context = {"viewer": user, "form": form, "tokens": tokens.tokens_of(user), "made": made}
    context["sends_mail"] = bool(settings.EMAIL_HOST)
    return render(request, "projects/account.html", context, status=status)
