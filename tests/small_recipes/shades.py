"""Pictures with classes: a conditional GAN, whose critic takes more than x and whose generator has batch norm."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import one_hot

from sparring import GAN, MLP, Key, Normal, Phase, Trainer
from sparring.conditions.classes import Classes
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.recipes import Config as Common
from sparring.samplers import GeneratorSampler

USES = frozenset({"labels"})
NAMES = ("black", "grey", "white")


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train on shades."""


def pictures(n=300, seed=0):
    """Twice as many are white as black or grey; of its shade each picture has a little noise."""
    y = torch.tensor([0, 1, 2, 2])[torch.arange(n) % 4]
    noise = Key(seed, ("shades",)).integers("noise", (n, 1, 8, 8), 20)
    return (y[:, None, None, None] * 110 + noise).to(torch.uint8), y


def open_data(config):
    x, y = pictures()
    data = InMemory(x, y, classes=NAMES)
    data.fresh = lambda: InMemory(*pictures(seed=1), classes=NAMES)
    return Data({"real": data}, Classes.of(y, NAMES))


class Conditional(nn.Module):
    """A network of x and of y among K."""

    def __init__(self, network, classes, shape):
        super().__init__()
        self.network, self.classes, self.shape = network, classes, shape

    def forward(self, x, y):
        return self.network(torch.cat([x.flatten(1), one_hot(y, self.classes).to(x)], 1)).reshape(len(x), *self.shape)


class ConditionalGAN(GAN):
    def __init__(self, generator, critic, condition):
        super().__init__(generator, critic, Normal(4))
        self.condition = condition

    def given(self, round):
        return (round.stream("real").y,)

    def sampler(self):
        return GeneratorSampler(self.generator, self.latent, self.condition)


def game(config, spec):
    classes, numbers = len(spec.condition.names), torch.Size(spec.shape).numel()
    with Key(config.seed).seeded():
        network = nn.Sequential(
            nn.Linear(4 + classes, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, numbers), nn.Tanh()
        )
        critic = Conditional(MLP(numbers + classes, 8, 1), classes, ())
        return ConditionalGAN(Conditional(network, classes, spec.shape), critic, spec.condition)


def sampler(config, spec):
    return game(config, spec).sampler()


def build(config, data):
    g = game(config, data.spec)
    optimizers = {player: torch.optim.Adam(g.strategy(player).values(), 0.01) for player in g.players()}
    return Trainer(Phase(g, optimizers, data.streams, config.rounds, batch=config.batch), seed=config.seed)
