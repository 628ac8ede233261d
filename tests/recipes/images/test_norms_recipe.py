"""`sparring train norms` with every norm: trained, saved, loaded."""

import dataclasses

import pytest
import torch

import sparring
from made import folder
from sparring import cli, recipes
from sparring.layers.norms import NORMS
from sparring.recipes.images import dcgan, norms

SMALL = ["--batch", "8", "--width", "2", "--latent", "4", "--device", "cpu", "--threads", "1", "--rounds", "4"]


@pytest.mark.parametrize("name", NORMS)
def test_a_run_with_every_norm_in_both_networks_is_loaded(name, tmp_path):
    folder(tmp_path / "pictures", count=40, shape=(14, 15, 3))
    run = tmp_path / "run"
    words = [*SMALL, "--data", str(tmp_path / "pictures"), "--generator-norm", name, "--discriminator-norm", name]
    assert cli.run("train", ["norms", *words, "--out", str(run)]) == 0
    samples = sparring.load(run).sample(5)
    assert samples.shape == (5, 3, 14, 15)
    assert samples.isfinite().all()
    assert samples.std(0).max() > 0
    assert cli.run("resume", [str(run), "--rounds", "6"]) == 0


def test_with_batch_norm_it_is_dcgan():
    """The same numbers after some rounds."""
    plain = dataclasses.replace(dcgan.Config(), rounds=3, batch=4, width=4, device="cpu", threads=1)
    normed = norms.Config(**dataclasses.asdict(plain) | {"pictures": plain.pictures}, generator_norm="batch")
    data = dcgan.open_data(plain)
    states = [recipe.build(config, data).play().game.state_dict()
              for recipe, config in ((dcgan, plain), (norms, normed))]  # fmt: skip
    for (name, value), (other, expected) in zip(*(state.items() for state in states), strict=True):
        assert name == other
        assert torch.equal(value, expected), name


def test_the_reference_batches_are_fixed_and_are_latents_and_pictures():
    values = {"generator_norm": "reference", "discriminator_norm": "virtual"}
    config = norms.Config(rounds=3, batch=4, width=4, device="cpu", **values)
    data = norms.open_data(config)
    trainer = norms.build(config, data)
    game = trainer.game
    before = [network.reference_0.clone() for network in (game.generator, game.discriminator)]
    trainer.play()
    assert torch.equal(game.generator.reference_0, before[0])
    assert torch.equal(game.discriminator.reference_0, before[1])
    assert before[0].shape == (4, 100)
    assert all((picture == data.main.examples()).flatten(1).all(1).any() for picture in before[1])


def test_a_wrong_name_is_told_in_a_line(tmp_path, capsys):
    folder(tmp_path / "pictures", count=20, shape=(8, 8, 3))
    words = [*SMALL, "--data", str(tmp_path / "pictures"), "--generator-norm", "bach", "--out", str(tmp_path / "run")]
    assert cli.run("train", ["norms", *words]) != 0
    assert "there is no norm 'bach'; expected one of batch, layer" in capsys.readouterr().err
    assert "norms" in recipes.names()
