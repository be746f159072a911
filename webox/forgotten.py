"""Passwords that were forgotten: a link by mail, where the site sends any (`EMAIL_HOST`); a 404 where not.

Nobody learns from it who has an account: every address gets the same answer, after the same time. The mail is looked
for and sent aside, by a thread of its own, and requests are counted whoever they name.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetDoneView, PasswordResetView
from django.db import connection
from django.http import Http404
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from webox import origin, passwords
from webox.guesses import Guesses

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    AddressView = FormView["AddressForm"]
else:
    AddressView = FormView

logger = logging.getLogger(__name__)
# For an address from one caller, for a caller, for an address from everywhere: in a quarter of an hour.
MOST = (3, 20, 6)
sender = ThreadPoolExecutor(1, thread_name_prefix="mail")


def sends_mail() -> bool:
    return bool(settings.EMAIL_HOST)


class WhereMailIsSent:
    """For a view that makes no sense without."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sends_mail():
            raise Http404
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class ForgottenForm(PasswordResetForm):
    """An address; too many for it, or from one caller, are refused before anybody is looked for."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked = Guesses(self.request, cleaned.get("email") or "", of="mail", most=MOST)
        asked.add()
        if asked.are_too_many:
            raise forms.ValidationError(_("Trop de demandes. Attendez un quart d'heure."), code="too_many")
        return cleaned

    def save(self, **options: Any) -> None:  # type: ignore[override]
        scheme, host = origin.public(self.request)
        options |= {"domain_override": host, "use_https": scheme == "https"}
        language = translation.get_language() or settings.LANGUAGE_CODE
        sender.submit(self._send, language, options)

    def _send(self, language: str, options: dict[str, Any]) -> None:
        try:
            with translation.override(language):
                super().save(**options)
        except Exception:
            logger.exception("the mail for a forgotten password was not sent")
        finally:
            connection.close()


class Forgotten(WhereMailIsSent, PasswordResetView):
    """`/account/password/forgotten`."""

    form_class = ForgottenForm
    success_url = reverse_lazy("password_reset_done")

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_invalid(self, form: Any) -> Any:
        answer = super().form_invalid(form)
        answer.status_code = 429 if form.has_error("__all__", "too_many") else 400
        return answer


class Sent(WhereMailIsSent, PasswordResetDoneView):
    """What everybody is told."""


class NewPassword(WhereMailIsSent, PasswordResetConfirmView):
    """Where the mail's link leads. Whoever sets a password there is in: what was guessed wrong before is no matter."""

    form_class = passwords.RecoveredForm
    post_reset_login = True
    success_url = reverse_lazy("projects:list")

    def form_valid(self, form: Any) -> Any:
        answer = super().form_valid(form)
        messages.success(
            self.request,
            _("Votre mot de passe est changé, vos autres sessions sont fermées et vos jetons d'API révoqués."),
        )
        return answer


class AddressForm(forms.Form):
    """Where mail reaches a person: who has the mail has the account, so it takes the password."""

    email = forms.EmailField(
        label=_("Adresse e-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        guesses = Guesses(self.request, self.user.get_username())
        guesses.add()
        if guesses.are_too_many:
            raise forms.ValidationError(_("Trop d'essais. Attendez un quart d'heure."), code="too_many")
        if not self.user.check_password(password):
            raise forms.ValidationError(_("Ce n'est pas votre mot de passe."))
        guesses.forget()
        return password


class Address(WhereMailIsSent, LoginRequiredMixin, AddressView):
    """`/account/email`."""

    form_class = AddressForm
    template_name = "registration/email_form.html"
    success_url = reverse_lazy("projects:account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request, "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.request.user.email}  # type: ignore[union-attr]

    def form_valid(self, form: AddressForm) -> Any:
        form.user.email = form.cleaned_data["email"]
        form.user.save(update_fields=["email"])
        messages.success(self.request, _("Votre adresse est enregistrée."))
        return super().form_valid(form)

    def form_invalid(self, form: AddressForm) -> Any:
        answer = super().form_invalid(form)
        answer.status_code = 400
        return answer
