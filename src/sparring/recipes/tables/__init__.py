"""Recipes that make rows of tables."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.recipes.tables import table as table
else:
    __getattr__, __dir__ = submodules(__name__)
