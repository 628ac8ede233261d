"""Sinks against what reads them: TensorBoard's own reader, and a stand-in for W&B."""

import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from sparring.recipes.theory.ring import Config
from sparring.runs import sinks
from sparring.runs.files import read_log
from sparring.runs.news import News
from sparring.runs.session import Session

CONFIG = Config(rounds=6, batch=4, width=4, device="cpu", hold_out=8, evaluate_every=3, checkpoint_every=4)
SCORE = "held out/sliced Wasserstein"


def play(session, names=()):
    news = News(session, sinks.opened(names, session.run))
    session.play([news])
    news.close("done")
    return session


def accumulated(path):
    event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = event_accumulator.EventAccumulator(str(path / "tensorboard"), size_guidance={"scalars": 0, "images": 0})
    return found.Reload()


def steps(found, name):
    return [event.step for event in found.Scalars(name)]


def test_tensorboard(tmp_path):
    path = tmp_path / "run"
    play(Session.create(path, "ring", CONFIG), ["tensorboard"])
    found, lines = accumulated(path), read_log(path / "log.jsonl")
    for name in lines[0].keys() - {"round"}:
        told = [(event.step, event.value) for event in found.Scalars(name)]
        assert told == [(line["round"], float(np.float32(line[name]))) for line in lines]
    assert steps(found, SCORE) == [3, 6]
    image = found.Images("preview")[-1]
    with Image.open(path / "samples" / f"{image.step:08d}.png") as drawn:
        assert (image.width, image.height) == drawn.size


def test_tensorboard_goes_on_where_a_checkpoint_is(tmp_path):
    """Rounds that were lost and are played again are there once."""
    path = tmp_path / "run"
    play(Session.create(path, "ring", CONFIG), ["tensorboard"])
    for newest in sorted(path.glob("checkpoints/*"))[1:]:
        for file in newest.iterdir():
            file.unlink()
        newest.rmdir()
    session = Session.resume(path)
    assert session.trainer.state.round == 4
    play(session)  # without being told again
    assert steps(accumulated(path), "generator/loss") == [1, 2, 3, 4, 5, 6]


class Run:
    def __init__(self, settings):
        self.settings, self.lines, self.code = settings, [], None

    def define_metric(self, name, step_metric):
        self.metric = (name, step_metric)

    def log(self, line):
        self.lines.append(line)

    def finish(self, exit_code):
        os.environ["WANDB_SERVICE"] = "left"
        self.code = exit_code


@pytest.fixture
def wandb(monkeypatch):
    """A stand-in that keeps what it is called with, makes the folder that wandb makes, and meddles."""
    module, module.runs = ModuleType("wandb"), []
    module.__spec__ = type(sys.__spec__)("wandb", None, origin="wandb.py")
    module.Settings, module.Image = dict, lambda file: ("image", file)

    def init(**settings):
        os.environ["WANDB_SERVICE"], os.environ["WANDB_MODE"] = "2-tcp", "offline"
        name = settings["id"] or "abc123"
        folder = f"offline-run-20260101_00000{len(module.runs)}-{name}"
        Path(settings["dir"], "wandb", folder).mkdir(parents=True)
        module.runs.append(Run(settings))
        return module.runs[-1]

    module.init = init
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.setenv("WANDB_MODE", "online")
    return module


def test_wandb_is_offline_and_leaves_the_environment_alone(wandb, tmp_path):
    path, before = tmp_path / "run", dict(os.environ)
    play(Session.create(path, "ring", CONFIG), ["wandb"])
    (run,) = wandb.runs
    assert dict(os.environ) == before
    assert run.settings["mode"] == "offline"
    assert run.settings["id"] is None
    assert run.settings["config"]["batch"] == 4
    assert run.metric == ("*", "round")
    losses = [(line["round"], line["generator/loss"]) for line in run.lines if "generator/loss" in line]
    assert losses == [(line["round"], line["generator/loss"]) for line in read_log(path / "log.jsonl")]
    assert [line["round"] for line in run.lines if SCORE in line] == [3, 6]
    assert {"round": 6, "preview": ("image", str(path / "samples" / "00000006.png"))} in run.lines
    assert run.code == 0


def test_wandb_goes_on_under_the_same_id(wandb, tmp_path):
    path = tmp_path / "run"
    play(Session.create(path, "ring", CONFIG), ["wandb"])
    play(Session.resume(path, rounds=8))
    assert [run.settings["id"] for run in wandb.runs] == [None, "abc123"]
    assert [line["round"] for line in wandb.runs[1].lines if "generator/loss" in line] == [7, 8]


def test_a_package_that_is_missing_is_refused_at_once(tmp_path, monkeypatch):
    """Also where the current folder has one of that name, as W&B makes it."""
    monkeypatch.setattr(sinks, "find_spec", lambda name: None)
    session = Session.create(tmp_path / "run", "ring", CONFIG)
    with pytest.raises(ValueError, match=r'wandb is not installed: pip install "sparring\[wandb\]"'):
        sinks.opened(["wandb"], session.run)


def test_one_that_has_gone_does_not_stop_a_resumed_run(tmp_path, monkeypatch):
    path = tmp_path / "run"
    Session.create(path, "ring", CONFIG).play()
    path.joinpath("wandb").mkdir()
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.warns(UserWarning, match=r"Weights & Biases failed and is not used any more"):
        assert play(Session.resume(path, rounds=7)).complete
