"""Recipes of one's own: a file that somebody names, what it imports from its folder, and when it may run."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.runs.own import loading as loading
    from sparring.runs.own import recipe as recipe
    from sparring.runs.own import source as source
    from sparring.runs.own import trust as trust
else:
    __getattr__, __dir__ = submodules(__name__)
