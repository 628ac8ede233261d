"""Two folders of pictures: a generator of the second from the first."""

from dataclasses import dataclass

import torch
from torch import nn

from sparring import Cost, Game, Key, Phase, Player, Trainer
from sparring.conditions.images import Images
from sparring.data.opening import open_data as opened
from sparring.data.streams import Data
from sparring.losses import NonSaturating
from sparring.recipes import Config as Common
from sparring.samplers import Sampler

USES = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train on two folders."""

    data: str = "y"
    """What to make."""
    source: str = "x"
    """What to make it from."""


def open_data(config):
    source = opened(config.source)
    kept = Images.of(source.examples(torch.arange(3)))
    return Data({"y": opened(config.data), "x": source}, kept)


class Translator(Sampler):
    def __init__(self, network, condition):
        super().__init__()
        self.network, self.condition = network, condition

    @torch.no_grad()
    def sample(self, n, *, given=None, seed=0):
        given = self.given(n, seed) if given is None else given
        return self.network(given)[torch.arange(n) % len(given)]


class Translation(Game):
    def __init__(self, network, critic, condition):
        super().__init__()
        self.network, self.critic, self.condition, self.loss = network, critic, condition, NonSaturating()

    def players(self):
        return {"critic": Player((self.critic,), self.critic_cost), "generator": Player((self.network,), self.cost)}

    def fake(self, round):
        return self.critic(self.network(round.stream("x").x))[:, 0]

    def critic_cost(self, round):
        real = self.critic(round.stream("y").x)[:, 0]
        return Cost({"loss": self.loss.discriminator(real, self.fake(round))})

    def cost(self, round):
        fake = self.fake(round)
        return Cost({"loss": self.loss.generator(fake, fake)})

    def sampler(self):
        return Translator(self.network, self.condition)


def game(config, spec):
    channels, height, width = spec.shape
    numbers = channels * height * width
    with Key(config.seed).seeded():
        critic = nn.Sequential(nn.Flatten(), nn.Linear(numbers, 1))
        return Translation(nn.Conv2d(channels, channels, 3, padding=1), critic, spec.condition)


def sampler(config, spec):
    return game(config, spec).sampler()


def build(config, data):
    g = game(config, data.spec)
    optimizers = {player: torch.optim.Adam(g.strategy(player).values()) for player in g.players()}
    return Trainer(Phase(g, optimizers, data.streams, config.rounds, batch=config.batch), seed=config.seed)
