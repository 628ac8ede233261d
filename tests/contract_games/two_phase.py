"""A recipe of two phases that share a generator: regression on the data, then a GAN."""

import torch

from sparring import GAN, MLP, Cost, Game, InMemory, Key, Normal, Phase, Player, Trainer


class Regression(Game):
    def __init__(self, generator, latent):
        super().__init__()
        self.generator, self.latent = generator, latent

    def players(self):
        return {"generator": Player((self.generator,), self.cost)}

    def cost(self, round):
        made = self.generator(self.latent(round.chance))
        return Cost({"squares": (made - round.stream("real").x).square().mean()})


def tiny():
    return Regression(MLP(3, 8, 2), Normal(3)), {"real": InMemory(Key(1).normal("data", (40, 2)))}


def trainer_of(stages, hooks=(), rounds=3):
    """A phase for each pair of a game and its streams."""
    phases = []
    for game, streams in stages:
        optimizers = {name: torch.optim.Adam(game.strategy(name).values(), fused=True) for name in game.players()}
        phases.append(Phase(game, optimizers, streams, rounds, batch=16))
    return Trainer(*phases, hooks=hooks)


def build(hooks=(), rounds=3):
    torch.manual_seed(0)
    first, streams = tiny()
    second = GAN(first.generator, MLP(2, 8, 1, logits=True), Normal(3))
    return trainer_of(((first, streams), (second, streams)), hooks, rounds)
