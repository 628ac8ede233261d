"""Dynamics: how the players of a game move, one rule a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.dynamics import alternating as alternating
    from sparring.dynamics import dynamics as dynamics
    from sparring.dynamics import functional as functional
    from sparring.dynamics import gradients as gradients
    from sparring.dynamics import simultaneous as simultaneous
else:
    __getattr__, __dir__ = submodules(__name__)
