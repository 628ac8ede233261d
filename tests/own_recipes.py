"""A recipe of one's own, for tests: a file, with a sibling, that says when it is run."""

import textwrap

RECIPE = '''
"""Points of mine."""

import os
from dataclasses import dataclass

import torch
from helper import WIDTH

import sparring
from sparring.recipes import Config as Common

print("RUN", __name__.rpartition(".")[2])


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train mine."""

    rate: float = 0.01
    """How fast."""


def open_data(config):
    return sparring.Data({"real": sparring.InMemory(sparring.Key(1).normal("data", (400, 2)))})


def build(config, data):
    with sparring.Key(config.seed).seeded():
        game = sparring.GAN(sparring.MLP(2, WIDTH, 2), sparring.MLP(2, WIDTH, 1, logits=True), sparring.Normal(2))
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), config.rate) for player in game.players()}
    phase = sparring.Phase(game, optimizers, data.streams, config.rounds, batch=config.batch)
    return sparring.Trainer(phase, seed=config.seed)
'''

SMALL = {"rounds": 2, "batch": 4, "device": "cpu", "threads": 1, "hold_out": 0}


def write(folder, recipe=RECIPE, name="mine.py", **siblings):
    """Writes the recipe and what it imports; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in {"helper": "WIDTH = 4\n", **siblings}.items():
        (folder / f"{stem}.py").write_text(textwrap.dedent(text))
    (folder / name).write_text(recipe.lstrip())
    return folder / name
