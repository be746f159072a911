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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
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
        # Nobody else has seen what is only being made.
        self._there = {} if self.instance.pk is None else dict(self.initial)
        self._seen = _marks(self.data.get(self.SEEN, "")) if self.is_bound else {}
        self.keeps_theirs = False

    @property
    def marks(self) -> str:
        """What the page shows, or, of a field that was refused, what its sender has last seen."""
        now = {name: mark(value) for name, value in self._there.items() if name in self.fields}
        if self.is_bound:
            now |= {name: self._seen.get(name, "") for name in now if name not in self.cleaned_data}
            now |= {name: mark(self._there[name]) for name in self.contested}
        return json.dumps(now)

    @property
    def contested(self) -> list[str]:
        """The fields that two people have changed."""
        return [name for name in self.errors if name in self.fields and self.has_error(name, CODE)]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in [one for one in given if one in self._there]:
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
        self.cleaned_data[name] = getattr(self.instance, name)
        self.data = self.data.copy()  # type: ignore[attr-defined]
        shown, widget = self.fields[name].prepare_value(self._there[name]), self.fields[name].widget
        parts = widget.decompress(shown) if isinstance(widget, forms.MultiWidget) else None
        names = {name: shown} if parts is None else {f"{name}_{place}": part for place, part in enumerate(parts)}
        for key, value in names.items():
            self.data[key] = "" if value is None else value  # type: ignore[index]

    def _shown(self, name: str) -> Any:
        """As its field has it in a text; a row as it calls itself."""
        there = getattr(self.instance, name)
        return str(there) if isinstance(there, Model) else self.fields[name].prepare_value(self._there[name])


def mark(value: Any) -> str:
    """The same for what a browser sends back of it: its line ends are its own, and fields are trimmed."""
    text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
    return hashlib.sha256(json.dumps(text, default=_plain).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Rows by their keys, moments to the second: a page shows no more of them."""
    if isinstance(value, Model):
        return value.pk
    return value.astimezone(UTC).replace(microsecond=0).isoformat() if isinstance(value, datetime) else str(value)


def _marks(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(one) for name, one in found.items()} if isinstance(found, dict) else {}
