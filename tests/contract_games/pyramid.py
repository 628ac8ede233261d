"""A pyramid (Denton et al. 2015) in two phases that share nothing: a GAN of coarse pictures, then one of residuals.

Both networks of the second are told the coarse picture, enlarged; the stream's partners are those.
"""

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate

from contract_games.two_phase import trainer_of
from sparring import GAN, MLP, InMemory, Key, Normal


class Residuals(GAN):
    def given(self, round):
        return (round.stream("real").y,)


class Refiner(nn.Module):
    """G(z, l), a residual [B, 1, 4, 4]."""

    def __init__(self, latent):
        super().__init__()
        self.network = MLP(latent + 16, 8, 16)

    def forward(self, z, low):
        return self.network(torch.cat([z, low.flatten(1)], 1)).unflatten(1, (1, 4, 4))


class Summed(MLP):
    """The discriminator sees the residual on the coarse picture, figure 2."""

    def forward(self, x, low):
        return super().forward(x + low)


def levels():
    """Streams of coarse pictures [1, 2, 2], and of residuals [1, 4, 4] with enlarged coarse pictures."""
    pictures = Key(1).normal("pictures", (40, 1, 4, 4))
    coarse = avg_pool2d(pictures, 2)
    low = interpolate(coarse, scale_factor=2)
    return InMemory(coarse), InMemory(pictures - low, low)


def tiny():
    return Residuals(Refiner(3), Summed(16, 8, 1, logits=True), Normal(3)), {"real": levels()[1]}


def build(hooks=(), rounds=3):
    torch.manual_seed(0)
    coarse = GAN(nn.Sequential(MLP(3, 8, 4), nn.Unflatten(1, (1, 2, 2))), MLP(4, 8, 1, logits=True), Normal(3))
    return trainer_of(((coarse, {"real": levels()[0]}), tiny()), hooks, rounds)
