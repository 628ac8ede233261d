"""Rounds for tests that have no trainer."""

import torch

from sparring import Batch, Round
from sparring.chance import Draws
from sparring.phase import TrainState


def draws_of(total=8, *, seed=0, dtype=torch.float32, share=(0, 1)):
    return Draws(seed, TrainState(), torch.Generator(), total, dtype=dtype, share=share)


def round_of(draw=lambda name: Batch(torch.zeros(8)), total=8, **chance):
    return Round(draw, draws_of(total, **chance))
