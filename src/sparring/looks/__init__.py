"""Looks: one style for every plot and every page."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.looks import band as band
    from sparring.looks import colours as colours
    from sparring.looks import curves as curves
    from sparring.looks import pages as pages
    from sparring.looks import panels as panels
    from sparring.looks import plots as plots
    from sparring.looks import vector as vector
else:
    __getattr__, __dir__ = submodules(__name__)
