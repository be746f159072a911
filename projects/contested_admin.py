"""The conflict check of `contested.py` in the admin, whose pages lay out their own fields."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from projects.contested import ContestedForm

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest


class ContestedAdminForm(ContestedForm):
    """The marks are a hidden field of it; what others have saved is shown below a field that two people changed."""

    seen = forms.CharField(required=False, label="", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial[self.SEEN] = "" if self.is_bound else self.marks

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data[self.SEEN] = self.marks  # type: ignore[index]
            for name in self.contested:
                told = format_html("{} <strong>{}</strong>", _("Enregistré entre-temps :"), self._shown(name))
                self[name].help_text = told

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != self.SEEN]


class ContestedAdmin(admin.ModelAdmin):
    """A page that two people may have open."""

    form = ContestedAdminForm

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Locked for a save, which is one transaction: nothing comes between the look and the write."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            return self.model._default_manager.select_for_update(no_key=True).filter(pk=found.pk).first()
        return found

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        """What the page is about and nothing else."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        stamps = [field.name for field in obj._meta.fields if getattr(field, "auto_now", False)]
        obj.save(update_fields=[*(name for name in form.cleaned_data if name != ContestedForm.SEEN), *stamps])
