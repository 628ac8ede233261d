"""No recipe of pictures takes --augment and forgets it."""

from inspect import isabstract

import pytest
import torch
from PIL import Image

import discover
import sparring as sp
from sparring.layers.augmented import Augmented
from sparring.recipes.images import dcgan

RECIPES = {
    name: module
    for name, module in discover.recipes().items()
    if issubclass(module.Config, dcgan.Config) and not isabstract(module.Config)
}


@pytest.mark.parametrize("name", RECIPES)
def test_the_discriminator_is_behind_the_augmentation(name, tmp_path):
    recipe = RECIPES[name]
    x = sp.Key(0).integers("x", (16, 28, 28), 256).to(torch.uint8)
    for part, some in (("a", x[:8]), ("b", x[8:])):
        (tmp_path / part).mkdir()
        for i, picture in enumerate(some):
            Image.fromarray(picture.numpy()).save(tmp_path / part / f"{i}.png")
    config = recipe.Config(data=str(tmp_path), augment="diff", rounds=2, width=4, batch=4, hold_out=0)
    data = recipe.open_data(config)
    game = recipe.build(config, data).game
    assert any(isinstance(part, Augmented) for part in game.modules())
