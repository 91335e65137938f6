"""Icons as markup, read once in a process."""

from functools import cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

__all__ = ["drawn"]


@cache
def drawn(name: str) -> SafeString:
    """One of components/icons/*.svg, drawn in the colour of the text around it; a word always stands beside it."""
    return mark_safe(render_to_string(f"components/icons/{name}.svg").strip())  # noqa: S308 - our own file
