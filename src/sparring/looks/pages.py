"""Pages that load nothing: templates filled with HTML, the style of all pages, and a policy that names what may run."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from sparring.looks.colours import COLOURS

__all__ = ["filled", "style"]

_TAGS = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def filled(template: str, **marks: str) -> str:
    """A page.

    Args:
        template: HTML with marks: `{{looks}}` in its one `<style>` is the style of all pages; `{{style}}` and
            `{{script}}`, in its Content-Security-Policy, are the hashes of that element and of its one `<script>`.
        marks: HTML, already escaped, for the other marks.

    Raises:
        KeyError: A mark has no text.
    """
    template = template.replace("{{looks}}", style())
    hashes = {tag: _hash(content) for tag, content in _TAGS.findall(template)}
    return re.sub(r"\{\{(\w+)\}\}", lambda mark: {**hashes, **marks}[mark[1]], template)


BITMAPS = '.pictures img:not([src^="data:image/svg"]) { filter: brightness(.78); }'
"""Plots that are on white whatever the screen is; drawings know the dark themselves."""


def style() -> str:
    """The style of all pages: colours by name as CSS variables, for light and dark, and the rules that use them."""
    light, dark = (
        " ".join(f"--{name}: {getattr(colour, mode)};" for name, colour in COLOURS.items())
        for mode in ("light", "dark")
    )
    rules = files("sparring.looks").joinpath("page.css").read_text(encoding="utf-8").rstrip()
    return "\n".join(
        [
            f":root {{ color-scheme: light dark; {light}",
            "  font: 1rem/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); }",
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} {BITMAPS} }}",
            rules,
        ]
    )


def _hash(content: str) -> str:
    """What the page's policy calls a script or style that may run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
