"""Rows of a table: a GAN on their codes."""

import torch

from sparring import GAN, MLP, Key, Normal, Phase, Trainer
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.kinds.columns import Category, Code, Number
from sparring.kinds.rows import Rows
from sparring.recipes import Config

__all__ = ["Config"]

USES = frozenset()
KIND = Rows(
    (Number("age", 18.0, 90.0, 0), Category("town", ("Ulm", 'Bad "Urach", spa', "Köln")), Code("smokes", ("no", "yes")),
     Number("income, $", 0.0, 5000.0))
)  # fmt: skip


def rows(n=400, seed=0):
    """Older people smoke less."""
    key = Key(seed, ("survey",))
    age, town = 18 + key.integers("age", (n,), 73), key.integers("town", (n,), 3)
    smokes = (key.uniform("smokes", (n,)) > age / 90).long()
    income = 5000 * key.uniform("income", (n,))
    towns, answers = KIND.columns[1].categories, KIND.columns[2].categories
    return KIND.encode([(str(a), towns[t], answers[s], str(i)) for a, t, s, i in
                        zip(age.tolist(), town.tolist(), smokes.tolist(), income.tolist(), strict=True)])  # fmt: skip


def open_data(config):
    return Data({"real": InMemory(rows(), kind=KIND)})


def game(config, spec):
    with Key(config.seed).seeded():
        return GAN(MLP(3, 8, *spec.shape), MLP(*spec.shape, 8, 1, logits=True), Normal(3))


def sampler(config, spec):
    return game(config, spec).sampler()


def build(config, data):
    g = game(config, data.spec)
    optimizers = {player: torch.optim.Adam(g.strategy(player).values()) for player in g.players()}
    return Trainer(Phase(g, optimizers, data.streams, config.rounds, batch=config.batch), seed=config.seed)
