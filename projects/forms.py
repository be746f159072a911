"""The forms of the pages. What was typed is kept on error; what a person may not change is shown and left as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.utils.translation import gettext_lazy as _
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from projects import creation, invitations, preview_headers, preview_host, tokens
from projects.contested import ContestedForm
from projects.models import Invitation, Membership, Project

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_LINES, LINE_LENGTH = 100, 200
NOTE_LENGTH = 8_000
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?:\*\.)?{LABEL}(?:\.{LABEL})*(?::[0-9]{{1,5}})?")
THIS_MACHINE = re.compile(r"localhost|.*\.localhost|127(\.[0-9]+){3}|0(\.0){3}")


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, list) else str(value or "").splitlines()
        return list(dict.fromkeys(line.strip() for line in text if line.strip()))

    def validate(self, value: Any) -> None:
        if len(value) > MOST_LINES or any(len(line) > LINE_LENGTH or CONTROLS.search(line) for line in value):
            raise forms.ValidationError(_("Cent lignes au plus, de 200 caractères."))


class NamesField(LinesField):
    """A list of names on one line, separated by commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget = forms.TextInput()

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(value if isinstance(value, list) else str(value or "").replace(",", "\n"))


class NewProjectForm(forms.Form):
    """A name, and what the project begins with."""

    FROM_ARCHIVE = "archive"
    name = forms.CharField(label=_("Nom"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    start = forms.ChoiceField(label=_("Commencer par"), widget=forms.RadioSelect)
    archive = forms.FileField(
        label=_("Archive zip"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        start = self.fields["start"]
        start.choices = [(one.key, one.title) for one in creation.ALL]  # type: ignore[attr-defined]
        start.choices += [(self.FROM_ARCHIVE, _("Archive zip"))]  # type: ignore[attr-defined]
        start.initial = creation.ALL[0].key

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        archive: UploadedFile[Any] | None = given.get("archive")
        if given.get("start") == self.FROM_ARCHIVE and archive is None and "archive" not in self.errors:
            self.add_error("archive", _("Choisissez l'archive à importer."))
        return given


class SettingsForm(ContestedForm):
    """What editors and owners may change; the fields of `OWNERS` are the owners' alone."""

    OWNERS = ("preview_hosts", "protected_paths")
    technologies = NamesField(label=_("Technologies"), help_text=_("Séparées par des virgules."))
    preview_hosts = LinesField(
        label=_("Serveurs permis à l'aperçu"),
        help_text=_("Un par ligne, par exemple api.example.com. Sans cela l'aperçu n'atteint aucun serveur."),
    )
    protected_paths = LinesField(
        label=_("Fichiers protégés"),
        help_text=_("Un motif par ligne, comme dans .gitignore. L'assistant ne les change jamais sans demander."),
    )
    context_pin = LinesField(
        label=_("Fichiers toujours donnés à l'assistant"),
        help_text=_("Un motif par ligne, comme dans .gitignore. L'assistant les a sous les yeux à chaque question."),
    )
    context_exclude = LinesField(
        label=_("Fichiers tus à l'assistant"),
        help_text=_("Un motif par ligne, comme dans .gitignore. L'assistant ne les lit pas."),
    )

    class Meta:
        model = Project
        fields = (
            "name", "project_type", "technologies", "description", "note", "default_model", "context_pin",
            "context_exclude",
            "protected_paths", "preview_spa", "preview_hosts",
        )  # fmt: skip
        labels = {
            "name": _("Nom"),
            "project_type": _("Type"),
            "description": _("Description"),
            "note": _("Consigne pour l'assistant"),
            "default_model": _("Modèle par défaut"),
            "preview_spa": _("Application d'une seule page"),
        }
        help_texts = {
            "description": _("Une phrase ou deux, montrées dans la liste des projets."),
            "note": _("Dite à l'assistant avec chaque question : conventions, public visé, ce qu'il faut éviter."),
            "default_model": _("Pour qui n'en choisit pas un autre dans le panneau. Vide : celui du site."),
            "preview_spa": _("Dans l'aperçu, une adresse sans fichier montre index.html."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2}),
            "note": forms.Textarea(attrs={"rows": 5, "maxlength": NOTE_LENGTH}),
            "default_model": forms.TextInput(attrs={"list": "models", "autocomplete": "off", "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, may_write: bool, may_manage: bool, own_host: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.own_host = own_host
        for name, field in self.fields.items():
            field.disabled = not (may_manage if name in self.OWNERS else may_write)

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])

    def clean_project_type(self) -> str:
        return _one_line(self.cleaned_data["project_type"])

    def clean_default_model(self) -> str:
        return _one_line(self.cleaned_data["default_model"])

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].replace("\r\n", "\n")
        if len(note) > NOTE_LENGTH:
            raise forms.ValidationError(_("8 000 caractères au plus."))
        return note

    def clean_preview_hosts(self) -> list[str]:
        hosts = [_host(line) for line in self.cleaned_data["preview_hosts"]]
        wrong = [host for host in hosts if not HOST.fullmatch(host)]
        if wrong:
            raise forms.ValidationError(
                _("Ce n'est pas le nom d'un serveur : %(names)s"), params={"names": ", ".join(wrong)}
            )
        own = (self.own_host, preview_host.fixed_origin(), *preview_host.own_names())
        here = any(THIS_MACHINE.fullmatch(host.partition(":")[0]) for host in hosts)
        if here or len(preview_headers.allowed_hosts(hosts, own)) < len(hosts):
            raise forms.ValidationError(_("L'aperçu n'atteint jamais le studio lui-même ni cette machine."))
        return hosts

    def clean_protected_paths(self) -> list[str]:
        return _globs(self.cleaned_data["protected_paths"])

    def clean_context_pin(self) -> list[str]:
        return _globs(self.cleaned_data["context_pin"])

    def clean_context_exclude(self) -> list[str]:
        return _globs(self.cleaned_data["context_exclude"])


class InvitationForm(forms.ModelForm):
    """A role, for how many days, and for whom as the owner remembers it."""

    days = forms.TypedChoiceField(label=_("Valable"), coerce=int, initial=7)

    class Meta:
        model = Invitation
        fields = ("label", "role")
        labels = {"label": _("Pour qui"), "role": _("Rôle")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].choices = _days(invitations.LIFETIMES)  # type: ignore[attr-defined]
        roles = (Membership.Role.EDITOR, Membership.Role.VIEWER)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["label"].widget.attrs |= {"autocomplete": "off"}


class SignUpForm(UserCreationForm):
    """An account, with an address where the site sends mail."""

    class Meta(UserCreationForm.Meta):
        fields = ("username", "email")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if settings.EMAIL_HOST:
            self.fields["email"].help_text = _("Pour vous envoyer un lien si vous oubliez votre mot de passe.")
            self.fields["email"].widget.attrs["autocomplete"] = "email"
        else:
            del self.fields["email"]


class TokenForm(forms.Form):
    """A token's name and its end."""

    name = forms.CharField(label=_("Nom"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    days = forms.TypedChoiceField(
        label=_("Valable"),
        required=False,
        initial=90,
        coerce=int,
        empty_value=None,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].choices = [*_days(tokens.LIFETIMES), ("", _("sans fin"))]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])


def _days(lifetimes: Sequence[int]) -> list[tuple[int, Any]]:
    names = {1: _("1 jour"), 7: _("7 jours"), 30: _("30 jours"), 90: _("90 jours"), 365: _("1 an")}
    return [(days, names[days]) for days in lifetimes]


def _one_line(text: str) -> str:
    return CONTROLS.sub(" ", text).strip()


def _host(text: str) -> str:
    """The server's name of what may be a whole address."""
    return re.sub(r"^[a-z]+://", "", text.lower()).partition("/")[0]


def _globs(lines: list[str]) -> list[str]:
    try:
        GitIgnoreSpec.from_lines(lines)
    except (GitIgnorePatternError, ValueError) as error:
        raise forms.ValidationError(_("Ce motif n'est pas valide.")) from error
    return lines
