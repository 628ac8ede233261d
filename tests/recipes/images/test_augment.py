"""`--augment` of every recipe on pictures."""

import dataclasses

import pytest
import torch

from sparring import recipes
from sparring.layers.augmentations import AUGMENTATIONS
from sparring.layers.augmented import Augmented
from sparring.recipes.images import dcgan


def trainer_of(name, augment):
    recipe = recipes.find(name)
    config = dataclasses.replace(recipe.Config(), rounds=2, batch=4, device="cpu", width=4, augment=augment)
    data = recipe.open_data(config)
    few = {stream: part.view(torch.arange(16)) for stream, part in data.streams.items()}
    return recipe.build(config, dataclasses.replace(data, streams=few))


@pytest.mark.parametrize("augment", AUGMENTATIONS)
@pytest.mark.parametrize("name", ["dcgan", "cgan", "gan2014", "hinge"])
def test_two_rounds(name, augment):
    game = trainer_of(name, augment).play().game
    assert isinstance(game.discriminator, Augmented) == (augment != "none")
    assert any(name.endswith(".p") for name in game.state_dict()) == (augment == "ada")


def test_names():
    assert tuple(AUGMENTATIONS) == dcgan.AUGMENTS
    with pytest.raises(ValueError, match="--augment is 'mixup'; expected one of none, diff, ada"):
        dcgan.Config(augment="mixup")


@pytest.mark.parametrize("name", ["wgan", "wgan-gp", "cramer", "r3gan"])
def test_a_critic_that_only_compares_cannot_say_how_often(name):
    with pytest.raises(ValueError, match="--augment ada needs a loss whose logits say what is real"):
        trainer_of(name, "ada")
    trainer_of(name, "diff").play(1)
