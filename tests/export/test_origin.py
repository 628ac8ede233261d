import shlex
from dataclasses import dataclass, replace

import pytest

from sparring.cli.train import parse
from sparring.export.origin import UNKNOWN, Origin, commands, first_weights
from sparring.recipes.images import dcgan
from sparring.recipes.theory import ring


@pytest.mark.parametrize("recipe", ["dcgan", "cgan", "ring", "table"])
def test_the_command_means_the_same_run(recipe, subject):
    run = subject(recipe).run
    (command,) = commands(run)
    said, *words = shlex.split(command)[1:]
    assert (said, words[0]) == ("train", recipe)
    ours = {"device": "cpu", "threads": 1}
    assert replace(parse(run.code, words[1:])[0], **ours) == run.config


def test_folders_do_not_leave_the_machine(subject):
    run = subject("dcgan").run
    own = replace(run, config=replace(run.config, data="/home/me/secret/my pictures", flips=True))
    (command,) = commands(own)
    assert "secret" not in command
    assert "--data './my pictures'" in command
    assert "--flips" in command
    assert "--no-flips" not in command
    found = Origin.of(own)
    assert (found.name, found.licence) == ("my pictures", UNKNOWN)
    assert Origin.of(own, "CC0-1.0").licence == "CC0-1.0"


@pytest.mark.parametrize(
    ("data", "licence"), [("openmoji", "CC-BY-SA-4.0"), ("stacked-mnist", "none stated"), ("fashion-mnist-10k", "MIT")]
)
def test_named_sets_know_their_licence(data, licence, subject):
    run = subject("dcgan").run
    found = Origin.of(replace(run, config=dcgan.Config(data=data)))
    assert found.licence.startswith(licence)
    assert found.attribution


def test_examples_that_were_held_out_were_not_trained_on(subject):
    run = subject("dcgan").run
    assert Origin.of(run).count == run.data["count"] - run.config.hold_out == 9500


def test_what_came_before_and_after(subject):
    run = replace(subject("dcgan").run, origin="/home/me/secret/old, round 600: 12 of 12 tensors", extra=100)
    first, second = commands(run)
    assert first.endswith(" --from old")
    assert second == "sparring resume RUN --rounds 102 --keep-rates"
    assert first_weights(run) == "old, round 600: 12 of 12 tensors"
    assert first_weights(replace(run, origin="")) == ""


def test_code_that_is_not_kept(subject):
    (said,) = commands(replace(subject("ring").run, recipe="Python"))
    assert said.startswith("# in Python, by sparring.record")


def test_a_recipe_of_somebody_may_want_values(subject):
    """Its configuration has a field without a usual value, and its file's name a space."""

    @dataclass(frozen=True, kw_only=True)
    class Config(ring.Config):
        speed: int

    run = subject("ring").run
    code = replace(run.code, name="my game.py", source=object())
    own = replace(run, config=Config(speed=3, rounds=7), recipe=code.name, made_by=code)
    assert commands(own) == ["sparring train './my game.py' --rounds 7 --speed 3"]
