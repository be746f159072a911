"""What goes with a password that is replaced. Other sessions end by themselves, as Django signs them with the password.

forgotten, by the mail's link ......... all API tokens: somebody else may have made them
set by an administrator ............... all API tokens, for the same reason
changed by its owner .................. all API tokens, unless the owner keeps them: scripts may live by them
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from projects import tokens

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    Setting = SetPasswordForm[User]
    Giving = AdminPasswordChangeForm[User]
else:
    Setting, Giving = SetPasswordForm, AdminPasswordChangeForm


class RevokesTokens:
    """For a form that sets `self.user`'s password: both are written, or neither."""

    user: User

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user: User = super().save(commit=commit)  # type: ignore[misc]
            if commit and self.revokes():
                tokens.revoke_all(user)
        return user

    def revokes(self) -> bool:
        return True


class RecoveredForm(RevokesTokens, Setting):
    """Behind a mailed link."""


class GivenForm(RevokesTokens, Giving):
    """The administrator's, for somebody's account."""


class ChangeForm(RevokesTokens, PasswordChangeForm):
    """The owner's. Who has no token is not asked about any."""

    revoke_tokens = forms.BooleanField(
        label=_("Révoquer aussi mes jetons d'API"),
        required=False,
        initial=True,
        help_text=_("À garder coché si quelqu'un a pu connaître votre mot de passe."),
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(user, *args, **options)
        if not tokens.tokens_of(user).exists():
            del self.fields["revoke_tokens"]

    def revokes(self) -> bool:
        return bool(self.cleaned_data.get("revoke_tokens", False))


class Change(PasswordChangeView):
    """`/account/password`; the admin's own address of it leads here."""

    form_class = ChangeForm
    success_url = reverse_lazy("password_change_done")
