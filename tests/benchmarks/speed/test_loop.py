"""The loops of the speed benchmark run, and where the algorithm is the same the parameters are too."""

import copy
import dataclasses
import importlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from sparring import Batch, InMemory

BATCH, ROUNDS = 4, 2

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(Path(__file__).parents[3] / "benchmarks" / "speed")
    loop = importlib.import_module("loop")
    interleaved = importlib.import_module("interleaved")

# The way of ours that does what the hand loop does. `Simultaneous` is what PyTorch-GAN's scripts do: there the
# discriminator, which moves second, sees the fakes of the generator that has not moved.
SAME = {
    "perceptrons-64": "in turn, fresh",
    "perceptrons-256": "in turn, fresh",
    "dcgan-28": "in turn, fresh",
    "pytorch-gan-mlp-28": "at once",
    "pytorch-gan-dcgan-32": "at once",
    "pytorch-examples-dcgan-64": "in turn, shared",
    "pytorch-gan-wgan-gp": "in turn, fresh",
}
WAYS = [(name, way) for name, row in loop.ROWS.items() for way in row.ours]


class Given:
    """A stream or a latent that hands out what it was given."""

    def __init__(self, tensors):
        self.tensors = iter(tensors)

    def draw(self, n, key):
        return Batch(next(self.tensors))

    def __call__(self, chance):
        return next(self.tensors)

    def state_dict(self):
        return {}


def small(name):
    return dataclasses.replace(loop.ROWS[name], batch=BATCH)


@pytest.mark.parametrize("name", loop.ROWS)
def test_by_hand(name):
    row = small(name)
    networks = nn.ModuleList(row.networks())
    before = copy.deepcopy(networks)
    play = dataclasses.replace(row, networks=lambda: networks).by_hand(
        lambda: torch.randn(BATCH, *row.shape), lambda: row.normal(BATCH, row.latent)
    )
    for _ in range(ROUNDS):
        play()
    assert all(torch.isfinite(p).all() for p in networks.parameters())
    rest = [torch.equal(p, q) for p, q in zip(networks.parameters(), before.parameters(), strict=True)]
    assert sum(rest) <= 1  # a critic's last bias does, as its cost is a difference


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_by_trainer(name, way):
    row = small(name)
    trainer = row.by_trainer(row.ours[way], InMemory(torch.randn(16, *row.shape)))
    before = copy.deepcopy(trainer.game)
    trainer.play(ROUNDS)
    assert trainer.state.round == ROUNDS
    assert all(torch.isfinite(p).all() for p in trainer.game.parameters())
    moved = [not torch.equal(p, q) for p, q in zip(trainer.game.parameters(), before.parameters(), strict=True)]
    assert sum(moved) >= len(moved) - 1  # a critic's last bias may rest, as its cost is a difference


@pytest.mark.parametrize("name", loop.ROWS)
def test_the_same_work(name, monkeypatch):
    """Two rounds in float64 from the same weights, on the same data and noise."""
    row, steps = small(name), 5 if "wgan" in name else 1
    real = torch.randn(ROUNDS * steps, BATCH, *row.shape, dtype=torch.float64)
    noise = torch.randn(2 * ROUNDS * steps, BATCH, row.latent, dtype=torch.float64)
    starts = nn.ModuleList(row.networks()).double()
    for module in starts.modules():
        if isinstance(module, nn.Dropout | nn.Dropout2d):
            module.p = 0.0  # PyTorch-GAN draws a mask in each turn, players at once share one
    theirs, mine = copy.deepcopy(starts), copy.deepcopy(starts)

    # The points of the penalty: each sample's own place between real and fake, which ours draws from the round.
    weight, lerp = torch.rand(BATCH, dtype=torch.float64), torch.lerp
    monkeypatch.setattr(np.random, "random", lambda shape: (1 - weight).reshape(shape).tolist())
    monkeypatch.setattr(torch, "lerp", lambda start, end, drawn: lerp(start, end, weight.reshape(drawn.shape)))

    # wgan_gp.py shows the generator the noise of the critic's last step.
    mine_noise = [z for i, z in enumerate(noise) for z in [z] * (1 + ("wgan" in name and i % 5 == 4))]
    play = dataclasses.replace(row, networks=lambda: theirs).by_hand(iter(real).__next__, iter(noise).__next__)
    our = dataclasses.replace(row, networks=lambda: mine)
    trainer = our.by_trainer(row.ours[SAME[name]], Given(real), Given(mine_noise))
    for _ in range(ROUNDS):
        play()
        trainer.play_round()
    moved = 0
    for p, q, start in zip(theirs.parameters(), mine.parameters(), starts.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=1e-8)
        moved += (p - start).abs().max().item() > 1e-4
    assert moved >= len(list(starts.parameters())) / 2  # biases before batch norm have no gradient


def test_the_interval_covers_the_median():
    """Of 10 values the second smallest and largest do: 2 (1 + 10) / 2^10 = .021 (David and Nagaraja 2003, 7.1)."""
    middle = interleaved.middle([float(i) for i in range(1, 11)])
    assert middle == {"median": 5.5, "interval": [2.0, 9.0]}


def test_ratios_are_of_paired_blocks(monkeypatch):
    """A machine that slows down threefold half way changes no ratio."""
    pace = iter([1.0, 2.0] * 4 + [3.0, 6.0] * 4)
    blocks = {"by hand": [], "ours": []}
    for _ in range(8):
        blocks["by hand"].append((next(pace),) * 2)
        blocks["ours"].append((next(pace),) * 2)
    monkeypatch.setattr(interleaved, "sweeps", lambda plays, seconds: (blocks, 1))
    figure = interleaved.compare({}, 0.0, {"ours": 0.4})["times as fast"]["ours"]
    assert figure["processor"] == {"median": 0.5, "interval": [0.5, 0.5]}
    assert figure["met"]


def test_sweeps_play_all_alike():
    played = dict.fromkeys("ab", 0)

    def play(name):
        played[name] += 1

    times, rounds = interleaved.sweeps({"a": lambda: play("a"), "b": lambda: play("b")}, 0.0)
    assert {name: len(blocks) for name, blocks in times.items()} == {"a": interleaved.LEAST, "b": interleaved.LEAST}
    assert played == {"a": 5 + interleaved.LEAST * rounds, "b": 2 + interleaved.LEAST * rounds}
