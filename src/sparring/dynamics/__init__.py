"""Dynamics: how the players of a game move, one rule a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.dynamics import alternating as alternating
    from sparring.dynamics import best_response as best_response
    from sparring.dynamics import competitive as competitive
    from sparring.dynamics import consensus as consensus
    from sparring.dynamics import dynamics as dynamics
    from sparring.dynamics import extragradient as extragradient
    from sparring.dynamics import fictitious_play as fictitious_play
    from sparring.dynamics import finite as finite
    from sparring.dynamics import functional as functional
    from sparring.dynamics import gradients as gradients
    from sparring.dynamics import held_back as held_back
    from sparring.dynamics import lookahead as lookahead
    from sparring.dynamics import negative_momentum as negative_momentum
    from sparring.dynamics import optimistic as optimistic
    from sparring.dynamics import past_extrapolation as past_extrapolation
    from sparring.dynamics import places as places
    from sparring.dynamics import simultaneous as simultaneous
    from sparring.dynamics import slopes as slopes
    from sparring.dynamics import symplectic as symplectic
    from sparring.dynamics import unrolled as unrolled
else:
    __getattr__, __dir__ = submodules(__name__)
