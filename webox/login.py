"""The login page, and the admin's: the same form, which bears no guessing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.utils.translation import gettext_lazy as _

from webox.forgotten import sends_mail
from webox.guesses import Guesses

if TYPE_CHECKING:
    from django.http import HttpRequest


class Guarded:
    """For a form that logs in: too many wrong guesses, and the password is not even looked at."""

    request: HttpRequest | None
    cleaned_data: dict[str, Any]
    TOO_MANY = _("Trop d'essais. Attendez un quart d'heure, ou demandez un nouveau mot de passe à l'administrateur.")

    def clean(self) -> dict[str, Any]:
        if self.request is None:
            return self.cleaned_data
        guesses = Guesses(self.request, self.cleaned_data.get("username") or "")
        # counted before the slow look at the password: a hundred guesses at once are a hundred guesses
        guesses.add()
        if guesses.are_too_many:
            raise forms.ValidationError(self.TOO_MANY, code="too_many")
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        guesses.forget()
        return cleaned


class LoginForm(Guarded, AuthenticationForm):
    """The site's."""


class AdminLoginForm(Guarded, AdminAuthenticationForm):
    """The admin's."""


class Login(LoginView):
    """`/login`."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(sends_mail=sends_mail(), **context)

    def form_invalid(self, form: AuthenticationForm) -> Any:
        answer = super().form_invalid(form)
        answer.status_code = 429 if form.has_error("__all__", "too_many") else 400
        return answer
