"""Penalties: one value per sample, [B], to be averaged and weighted by the game.

A penalty is a function, or a module that keeps buffers. Buffers move by `Round.later`, so that a cost is the same
however often a round asks for it. In a loop of your own, `r1(critique(critic, real, fake)).mean()` is the term.
"""

from sparring.penalties.critique import Critique, Generation, critique
from sparring.penalties.gradients import interpolated, r1, r2
from sparring.penalties.weighing import GeneratorPenalty, Lazy, Penalties, Penalty, Weight

__all__ = [
    "Critique",
    "Generation",
    "GeneratorPenalty",
    "Lazy",
    "Penalties",
    "Penalty",
    "Weight",
    "critique",
    "interpolated",
    "r1",
    "r2",
]
