"""No recipe of pictures takes --augment and forgets it."""

from inspect import isabstract

import pytest

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
def test_the_discriminator_is_behind_the_augmentation(name):
    recipe = RECIPES[name]
    config = recipe.Config(augment="diff", rounds=2, width=4, batch=4)
    x = sp.Key(0).normal("x", (16, 1, 28, 28)).clamp(-1, 1)
    y = sp.Key(0).integers("y", (16,), 2)
    if "labels" in recipe.USES:
        source = sp.InMemory(x, y, classes=("a", "b"))
        data = sp.Data({"real": source}, sp.conditions.classes.Classes.of(y, ("a", "b")))
    else:
        data = sp.Data({"real": sp.InMemory(x)})
    game = recipe.build(config, data).game
    assert any(isinstance(part, Augmented) for part in game.modules())
