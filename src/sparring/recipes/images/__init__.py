"""Recipes for pictures."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.recipes.images import acgan as acgan
    from sparring.recipes.images import attributes as attributes
    from sparring.recipes.images import bigan as bigan
    from sparring.recipes.images import cgan as cgan
    from sparring.recipes.images import costs as costs
    from sparring.recipes.images import dcgan as dcgan
    from sparring.recipes.images import gan2014 as gan2014
    from sparring.recipes.images import infogan as infogan
    from sparring.recipes.images import norms as norms
    from sparring.recipes.images import recognition as recognition
    from sparring.recipes.images import semi as semi
    from sparring.recipes.images import tips as tips
else:
    __getattr__, __dir__ = submodules(__name__)
