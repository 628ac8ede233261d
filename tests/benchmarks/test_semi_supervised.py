"""The splits of `benchmarks/semi_supervised.py`, and that its averages are what they are said to be."""

import json

import pytest
import torch
from torch import nn

import discover
from sparring import InMemory, Phase, Trainer
from sparring.families.classifier import Classifier

player = discover.script(discover.TESTS.parent / "benchmarks" / "semi_supervised.py")


def test_a_split_has_as_many_digits_of_each_class_and_larger_ones_hold_smaller_ones():
    y = torch.arange(1000) % 10
    few, many = player.chosen(y, 20, 3), player.chosen(y, 100, 3)
    assert y[many].bincount().tolist() == [10] * 10
    assert set(few.tolist()) < set(many.tolist())
    assert not torch.equal(many, player.chosen(y, 100, 4))


def test_all_splits_are_fixed():
    fixed = json.loads((player.KEPT / "splits.json").read_text(encoding="utf-8"))
    assert {int(labels) for labels in fixed} == set(player.LABELS)
    assert all(len(splits) == len(player.SPLITS) == len(set(splits)) for splits in fixed.values())
    assert not set(player.SPLITS) & set(player.OTHERS)


def test_the_average_is_that_of_the_authors_with_its_bias_corrected():
    network = nn.Linear(1, 2)
    game = Classifier(network)
    data = {"labelled": InMemory(torch.randn(8, 1), torch.zeros(8).long())}
    hook, theirs, seen = player.Polyak(network, 0.1), torch.zeros(2), []
    adam = torch.optim.SGD(game.strategy("classifier").values(), 0.5)
    look = lambda trainer, costs: seen.append(network.bias.detach().clone())  # noqa: E731
    Trainer(Phase(game, {"classifier": adam}, data, 7, batch=4), hooks=[look, hook]).play()
    for bias in seen:
        theirs = theirs + 0.1 * (bias - theirs)
    torch.testing.assert_close(hook.sampler.bias, theirs / (1 - 0.9**7))


@pytest.mark.parametrize("method", player.METHODS)
def test_every_method_plays_and_is_read(method, monkeypatch):
    """On noise."""
    digits = torch.randint(0, 256, (600, 1, 28, 28), dtype=torch.uint8), torch.arange(600) % 10
    monkeypatch.setattr(player, "HELD_OUT", 50)
    monkeypatch.setattr(player, "mnist", lambda part: digits)
    setting = player.replace(player.METHODS[method][1], epochs=1)
    run = player.trainer(method, 20, 100, setting, validate=True).play(2)
    assert run.state.round == 2
    assert 0 <= player.errors(run.hooks[-1].sampler, digits[0][:100], digits[1][:100]) <= 100
