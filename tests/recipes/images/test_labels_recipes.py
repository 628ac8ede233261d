"""The recipes that use labels in other ways than `cgan`: who is told, and what can be asked for."""

import json

import pytest
import torch

import sparring
from made import folder
from sparring import cli
from sparring.runs.run import Run

SMALL = ["--batch", "8", "--width", "2", "--latent", "4", "--device", "cpu", "--threads", "1", "--rounds", "2"]


@pytest.fixture
def trained(tmp_path, capsys):
    folder(tmp_path / "pictures", count=222, shape=(8, 8, 3), classes=3)

    def train(recipe, *options):
        run = tmp_path / recipe
        words = [recipe, "--data", str(tmp_path / "pictures"), *SMALL, "--hold-out", "100", "--out", str(run), *options]
        assert cli.run("train", words) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert ("IGNORES" in said) == ("To use them: sparring train cgan --data " in said) == (recipe == "dcgan")
        return run

    return train


def test_samples_of_an_auxiliary_classifier_gan_are_asked_for_classes(trained, capsys):
    run = trained("acgan")
    sampler = sparring.load(run)
    assert sampler.condition.names == ("class 0", "class 1", "class 2")
    assert Run.open(run).game().discriminator(sampler.sample(5)).shape == (5, 1 + 3)
    assert cli.run("evaluate", [str(run), "--n", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["score"]["labels"] == "conditional"
    assert [one["name"] for one in found["asked"]["classes"]] == ["class 0", "class 1", "class 2"]
    assert found["asked"]["fidelity"]["count"] == found["asked"]["accuracy"]["count"] == 100
    assert found["asked"]["classifier"].startswith("trained on 122 real examples, by ")


def test_samples_where_only_the_discriminator_learns_classes_are_not_asked_for_any(trained, capsys):
    run = trained("recognition")
    sampler = sparring.load(run)
    assert Run.open(run).game().discriminator(sampler.sample(5)).shape == (5, 3)
    assert cli.run("sample", [str(run), "--class", "class 1", "--out", str(run / "some.png")]) == 2
    assert "no condition" in capsys.readouterr().err
    assert cli.run("evaluate", [str(run), "--n", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["score"]["labels"] == "trained with labels"
    assert "asked" not in found


def test_the_discriminator_of_a_conditional_gan_may_get_the_class_beside_the_picture(trained):
    run = trained("cgan", "--discriminator", "concatenation")
    game, pictures = Run.open(run).game().eval(), sparring.load(run).sample(3, given=torch.tensor([1]))
    layers = [layer for layer in game.discriminator.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert layers[0].in_channels == 3 + 3
    logits = [game.judge(pictures, torch.full((3,), c)) for c in (0, 1)]
    assert not torch.equal(*logits)


def test_discriminators_that_use_labels_in_other_ways_play_no_tournament(trained, capsys):
    runs = [str(trained(recipe)) for recipe in ("dcgan", "recognition")]
    assert cli.run("tournament", runs) == 2
    error = capsys.readouterr().err
    assert "use labels in different ways: none, and trained with labels" in error
    assert error.count("\n") == 1
