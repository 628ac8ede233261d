"""Penalties: one value per sample, [B], to be averaged and weighted by the game.

A penalty is a function, a value, or a module that keeps buffers. Buffers move by `Round.later`, so that a cost is the
same however often a round asks for it. In a loop of your own, `r1(critique(critic, real, fake)).mean()` is the term.
"""

from sparring.penalties.consistency import Consistency
from sparring.penalties.critique import Critique, Generation, critique
from sparring.penalties.gradients import r1, r2
from sparring.penalties.historical import HistoricalAverage
from sparring.penalties.interpolates import interpolated, interpolated_one_sided, zero_centred
from sparring.penalties.lecam import LeCam
from sparring.penalties.path_length import PathLength
from sparring.penalties.perturbed import dragan
from sparring.penalties.pulling_away import PullingAway
from sparring.penalties.transforms import Flip, Noise, Shift, Transform
from sparring.penalties.weighing import GeneratorPenalty, Lazy, Penalties, Penalty, Weight

__all__ = [
    "Consistency",
    "Critique",
    "Flip",
    "Generation",
    "GeneratorPenalty",
    "HistoricalAverage",
    "Lazy",
    "LeCam",
    "Noise",
    "PathLength",
    "Penalties",
    "Penalty",
    "PullingAway",
    "Shift",
    "Transform",
    "Weight",
    "critique",
    "dragan",
    "interpolated",
    "interpolated_one_sided",
    "r1",
    "r2",
    "zero_centred",
]
