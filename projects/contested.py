"""A form that two people may have open: the later save overwrites nothing that its sender has not seen.

The page carries a mark of each value that it showed. When it is sent, each field goes its own way:

    not changed by others meanwhile ......... as sent
    changed by others, not by the sender .... theirs is kept
    changed by both, alike .................. nothing to do
    changed by both, differently ............ an error: theirs is shown beside what was typed; sent again, it is meant
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import Model

    Base = forms.ModelForm[Model]
else:
    Base = forms.ModelForm

CODE = "contested"
TOLD = _("Quelqu'un d'autre a changé ce réglage entre-temps. Enregistrez de nouveau pour mettre le vôtre à la place.")


class ContestedForm(Base):
    """`seen` is the hidden field; the instance must be locked, or somebody saves between the look and the write."""

    SEEN = "seen"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._there = dict(self.initial)
        self._seen = _marks(self.data.get(self.SEEN, "")) if self.is_bound else {}
        self.keeps_theirs = False

    @property
    def marks(self) -> str:
        """What the page shows, or, of a field that was refused, what its sender has last seen."""
        now = {name: mark(value) for name, value in self._there.items()}
        if self.is_bound:
            now |= {name: self._seen.get(name, "") for name in self.fields if name not in self.cleaned_data}
            now |= {name: mark(self._there[name]) for name in self.contested}
        return json.dumps(now)

    @property
    def contested(self) -> list[str]:
        """The fields that two people have changed."""
        return [name for name in self.errors if name in self.fields and self.has_error(name, CODE)]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in list(given):
            sent, there, seen = mark(given[name]), mark(self._there[name]), self._seen.get(name, "")
            if there in (seen, sent):
                continue
            if sent == seen:
                self._keep(name)
            else:
                self.add_error(name, forms.ValidationError(TOLD, code=CODE))
                self.fields[name].theirs = self._shown(name)  # type: ignore[attr-defined]
        return given

    def _keep(self, name: str) -> None:
        """Theirs, also in the form where it is shown once more."""
        self.keeps_theirs = True
        self.cleaned_data[name] = self._there[name]
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[name] = self._shown(name)  # type: ignore[index]

    def _shown(self, name: str) -> Any:
        return self.fields[name].prepare_value(self._there[name])


def mark(value: Any) -> str:
    """The same for what a browser sends back of it: its line ends are its own, and fields are trimmed."""
    text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()[:16]


def _marks(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(one) for name, one in found.items()} if isinstance(found, dict) else {}
