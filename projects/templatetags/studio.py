"""Tags of the editor page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def pane(context: template.Context, name: str) -> str:
    """The attributes of a pane: its name, and whether wide and narrow screens show it (`static/editor/panes.js`)."""
    panes = context["panes"]
    shown = " data-shown" if name in panes["shown"] else ""
    current = " data-current" if name == panes["current"] else ""
    by_width = " data-by-width" if name in panes["by_width"] else ""
    return format_html('data-pane="{}"{}{}{}', name, shown, current, by_width)
