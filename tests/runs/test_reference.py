import dataclasses
import json

import pytest

from sparring import recipes
from sparring.data.embedded import fashion_mnist
from sparring.looks.band import Band
from sparring.runs import files, reference

CONFIG = {"rounds": 40, "rate": 0.1, "seed": 0, "device": "cpu", "threads": 1, "sizes": (1, 2)}
ABOUT = {"recipe": "ring", "config": CONFIG, "data": {"sha256": "abc", "spec": {}}, "origin": "", "extra": 0}
BAND = Band.of([[{"round": n, "a/loss": n + i} for n in range(1, 41)] for i in range(2)], 40)
KNOWN = ("dcgan", "ring")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Writes config.json with some values changed, and returns the directory; there are reference runs of `ABOUT`."""
    file = tmp_path / "ring.reference.json"
    file.write_text(json.dumps({"of": reference.likeness(ABOUT), "band": BAND.json()}))
    monkeypatch.setattr(reference, "path", lambda recipe: file if recipe == "ring" else None)

    def write(**changes):
        files.write_config(tmp_path, {**ABOUT, **changes})
        return tmp_path

    return write


def test_runs_that_differ_in_chance_alone_are_compared(run):
    assert reference.band(run()) == Band.from_json(BAND.json())
    other = {**CONFIG, "seed": 7, "device": "cuda", "threads": 3}
    assert reference.band(run(config=other)) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": "dcgan"},
        {"config": {**CONFIG, "rounds": 41}},
        {"config": {**CONFIG, "rate": 0.2}},
        {"config": {**CONFIG, "new": 1}},
        {"data": {"sha256": "abd"}},
        {"origin": "runs/other, round 3"},
    ],
)
def test_other_runs_are_not(run, changes):
    assert reference.band(run(**changes)) is None


@pytest.mark.parametrize("recipe", ["table", "../images/dcgan", "./mine.py", "", "*"])
def test_what_has_no_reference_runs_has_none(recipe):
    assert reference.path(recipe) is None


@pytest.mark.parametrize("recipe", KNOWN)
def test_the_reference_runs_are_of_the_recipe_as_it_is(recipe):
    """If this fails, a default has changed: python benchmarks/reference_runs.py RECIPE."""
    file = reference.path(recipe)
    assert file is not None
    content = json.loads(file.read_text())
    config = dataclasses.asdict(recipes.find(recipe).Config())
    kept = content["of"]["config"]
    mine = reference.likeness({"recipe": recipe, "config": config, "data": {"sha256": ""}})["config"]
    assert {**mine, "hold_out": kept["hold_out"]} == kept
    band = Band.from_json(content["band"])
    assert band.rounds == kept["rounds"]
    assert band.runs == len(content["last"]) >= 3
    assert all(low <= high for name in band.low for low, high in zip(band.low[name], band.high[name], strict=True))


def test_the_reference_runs_of_dcgan_saw_the_shipped_pictures():
    content = json.loads(reference.path("dcgan").read_text())
    assert content["of"]["data"] == recipes.find("dcgan").open_data(recipes.find("dcgan").Config()).digest()
    assert content["of"]["config"]["hold_out"] < len(fashion_mnist())
