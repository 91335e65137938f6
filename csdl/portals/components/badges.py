"""A state as colour, icon and word together: no page tells one by its colour alone."""

from html import escape

from django.utils.safestring import SafeString, mark_safe

from csdl.portals.components.icons import drawn

__all__ = ["badge"]

_ICONS = {"good": "circle-check", "wait": "clock", "bad": "alert-triangle", "info": "info-circle", "calm": "dots"}


def badge(tone: str, text: object) -> SafeString:
    """`tone`: good, wait, bad, info or calm; any other is calm."""
    known = tone if tone in _ICONS else "calm"
    return mark_safe(f'<span class="state state-{known}">{drawn(_ICONS[known])}{escape(str(text))}</span>')  # noqa: S308 - escaped here
