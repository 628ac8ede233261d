"""Recipes that make windows of time series."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.recipes.series import rgan as rgan
else:
    __getattr__, __dir__ = submodules(__name__)
