import dataclasses

import pytest

import sparring
from own_recipes import RECIPE, write
from sparring.recipes import Config
from sparring.runs.code import find
from sparring.runs.own.recipe import Opening

NO_DATA = """
import dataclasses
import sparring.recipes

def build(config, data): ...

@dataclasses.dataclass(frozen=True)
class Config(sparring.recipes.Config): ...
"""


def parts(folder, recipe):
    return find(str(write(folder, recipe))).recipe


def test_a_recipe_needs_build_alone(tmp_path):
    recipe = parts(
        tmp_path, "'''Mine.'''\nimport sparring\n" + RECIPE[RECIPE.index("def build") :].replace("WIDTH", "4")
    )
    assert recipe.Config is Opening
    assert not recipe.USES
    assert recipe.__doc__ == "Mine."
    config = recipe.Config(data="ring", rounds=1)
    data = recipe.open_data(config)
    assert data.spec.shape == (2,)


def test_the_sampler_is_that_of_what_is_built(tmp_path):
    recipe = parts(tmp_path, RECIPE)
    data = recipe.open_data(None)
    sampler = recipe.sampler(recipe.Config(), data.spec)
    assert sampler.sample(3).shape == (3, 2)
    own = parts(
        tmp_path, RECIPE + "\ndef sampler(config, spec):\n    return build(config, spec.stand_in()).game.sampler()"
    )
    assert own.sampler(own.Config(seed=1), data.spec).sample(3).shape == (3, 2)


def test_the_usual_configuration_is_sparrings(tmp_path):
    recipe = parts(tmp_path, "def open_data(config): ...\ndef build(config, data): ...")
    assert recipe.Config is Config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"has no build: write\n\n    def build\(config, data\): return sparring.Trainer"),
        ("build = 3", "has a int as its build: write"),
        ("def build(c, d): ...\nopen_data = 3", "has a int as its open_data: write\n\n    def open_data"),
        ("def build(c, d): ...\nclass Config: ...", "not a dataclass below sparring's: write\n\n    @dataclass"),
        ("import sparring.recipes\ndef build(c, d): ...\nclass Config(sparring.recipes.Config):\n    x: int = 3",
         "Config is not a dataclass below"),
        (NO_DATA, "no open_data, and its Config no field `data`: write"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_the_line_to_write(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        parts(tmp_path, text)


def test_what_a_part_gives_is_checked(tmp_path):
    recipe = parts(tmp_path, "def open_data(c): return [1]\ndef build(c, d): return 3\ndef sampler(c, s): ...")
    with pytest.raises(ValueError, match=r"open_data of mine.py gave a list; expected a Data: write"):
        recipe.open_data(Config())
    with pytest.raises(ValueError, match=r"build of mine.py gave a int; expected a Trainer"):
        recipe.build(Config(), None)
    with pytest.raises(ValueError, match=r"sampler of mine.py gave a NoneType; expected a Sampler"):
        recipe.sampler(Config(), None)


def test_data_are_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    assert Opening(data="pictures").data == str(tmp_path / "pictures")
    assert Opening(data="ring").data == "ring"
    assert dataclasses.replace(Opening(data="ring"), rounds=3).rounds == 3


def test_built_in_recipes_are_found_by_name():
    assert find("ring").recipe is sparring.recipes.find("ring")
    with pytest.raises(sparring.recipes.UnknownRecipeError, match=r"for your own file write its path, \./mine\.py"):
        find("mine.py")
    with pytest.raises(sparring.recipes.UnknownRecipeError, match=r"ends in \.py"):
        find("./mine")
    for ending in ("", ".py", "/a"):
        with pytest.raises(sparring.recipes.UnknownRecipeError, match="there is no recipe 'aaa") as error:
            find("a" * 100_000 + ending)
        assert len(str(error.value)) < 2000
