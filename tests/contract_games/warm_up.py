"""A clipped Wasserstein critic (Arjovsky et al. 2017) with a warm-up: for five rounds it plays alone."""

import torch

from sparring import GAN, MLP, Alternating, InMemory, Key, Normal, Phase, Trainer
from sparring.losses import Wasserstein
from sparring.projections import Clip

ROUNDS = 5


def tiny():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), Wasserstein(), project=Clip(0.1))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}


def build(hooks=(), rounds=8):
    torch.manual_seed(0)
    game, streams = tiny()
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), 1e-3) for name in game.players()}
    dynamics = Alternating({"discriminator": 2, "generator": lambda number: int(number >= ROUNDS)})
    return Trainer(Phase(game, optimizers, streams, rounds, dynamics, batch=8), hooks=hooks)
