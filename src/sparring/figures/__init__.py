"""Figures: each computes a figure of the tutorial or of a talk, and what is known of its numbers.

A module has `FIGURE = Figure(...)`; its name, with dashes, is the figure's. It is found by being here. `sparring
figures` makes a page of them all.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from sparring.figures.frame import Figure

__all__ = ["find", "names"]

_FRAME = f"{__name__}.frame"


def names() -> list[str]:
    """The names of all figures, for which none is imported."""
    return sorted(_homes())


def find(name: str) -> Figure:
    """The figure of that name.

    Raises:
        ValueError: There is none; the message has the nearest name.
    """
    homes = _homes()
    if name not in homes:
        near = difflib.get_close_matches(name, homes, 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"there is no figure {name!r}{hint}; `sparring figures --list` shows all")
    figure: Figure = importlib.import_module(homes[name]).FIGURE
    return figure


def _homes() -> dict[str, str]:
    """The module of each figure by its name."""
    found = [module for module in pkgutil.walk_packages(__path__, f"{__name__}.") if not module.ispkg]
    return {each.name.rpartition(".")[2].replace("_", "-"): each.name for each in found if each.name != _FRAME}
