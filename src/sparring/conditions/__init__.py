"""What a sampler can be asked for, a condition a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.conditions import attributes as attributes
    from sparring.conditions import classes as classes
    from sparring.conditions import codes as codes
    from sparring.conditions import condition as condition
    from sparring.conditions import dials as dials
    from sparring.conditions import images as images
    from sparring.conditions import measures as measures
    from sparring.conditions import texts as texts
else:
    __getattr__, __dir__ = submodules(__name__)
