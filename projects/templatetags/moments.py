"""How long ago, and how much longer, as people say it: Django's own say « 0 minute » and « 2 semaines, 3 jours »."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

register = template.Library()
A_MINUTE = timedelta(minutes=1)


@register.filter
def ago(moment: datetime) -> str:
    """« à l'instant », « il y a 5 minutes »; a clock that is ahead is no matter."""
    if timezone.now() - moment < A_MINUTE:
        return _("à l'instant")
    return _("il y a %(when)s") % {"when": timesince(moment, depth=1)}


@register.filter
def left(moment: datetime) -> str:
    """« encore 7 jours », « encore moins d'une minute »."""
    if moment - timezone.now() < A_MINUTE:
        return _("encore moins d'une minute")
    return _("encore %(when)s") % {"when": timeuntil(moment, depth=1)}
