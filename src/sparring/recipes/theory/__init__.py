"""Recipes for points in the plane."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.recipes.theory import ring as ring
else:
    __getattr__, __dir__ = submodules(__name__)
