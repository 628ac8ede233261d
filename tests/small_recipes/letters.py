"""Words of letters: a GAN on probabilities, whose sampler spells. Its batch norm has to be settled."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import one_hot

from sparring import GAN, MLP, Key, Normal, Phase, Trainer
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.kinds.tokens import Tokens
from sparring.recipes import Config as Common

USES = frozenset()
KIND = Tokens(vocabulary=("a", "b", "c", "\n", "\\", "."), length=5, end=5)


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train on words."""

    data: str = "words of a, b and c"
    """Nothing is read."""


def words(n=400, seed=0):
    """Letters, then ends."""
    key = Key(seed, ("words",))
    x, length = key.integers("letters", (n, KIND.length), 3), 1 + key.integers("length", (n, 1), KIND.length)
    return torch.where(torch.arange(KIND.length) < length, x, KIND.end)


def open_data(config):
    data = InMemory(words(), kind=KIND)
    data.fresh = lambda: InMemory(words(seed=1), kind=KIND)
    return Data({"real": data})


class Spelling(nn.Module):
    """Probabilities in training, tokens in evaluation."""

    def __init__(self, size, length):
        super().__init__()
        self.size, self.length = size, length
        self.network = nn.Sequential(MLP(3, 8, 8), nn.BatchNorm1d(8), nn.Linear(8, size * length))

    def forward(self, z):
        p = self.network(z).reshape(-1, self.length, self.size).softmax(-1)
        return p if self.training else p.argmax(-1)


class Letters(GAN):
    def critic(self, x, *given):
        return super().critic(x if x.is_floating_point() else one_hot(x, self.generator.size).float(), *given)


def game(config, spec):
    size, length = len(spec.kind.vocabulary), spec.kind.length
    with Key(config.seed).seeded():
        critic = nn.Sequential(nn.Flatten(), MLP(size * length, 8, 1, logits=True))
        return Letters(Spelling(size, length), critic, Normal(3))


def sampler(config, spec):
    return game(config, spec).sampler()


def build(config, data):
    g = game(config, data.spec)
    optimizers = {player: torch.optim.Adam(g.strategy(player).values()) for player in g.players()}
    return Trainer(Phase(g, optimizers, data.streams, config.rounds, batch=config.batch), seed=config.seed)
