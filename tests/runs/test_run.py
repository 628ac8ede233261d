import dataclasses
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.utils.parametrize import is_parametrized

import sparring
from sparring.hooks import Every
from sparring.layers.spectral import spectral
from sparring.recipes.images.dcgan import Config
from sparring.recipes.theory import ring
from sparring.runs import checkpoint
from sparring.runs.files import SCORES, read_config, read_log, write_config
from sparring.runs.run import Run
from sparring.runs.session import Session


@pytest.fixture
def pictures(tmp_path):
    file = tmp_path / "pictures.npy"
    np.save(file, np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8))
    return file


@pytest.fixture
def config(pictures):
    return Config(
        data=str(pictures), rounds=12, batch=8, width=2, latent=4, device="cpu", threads=2, checkpoint_every=5
    )


def test_data_that_are_gone(tmp_path, config):
    Session.create(tmp_path / "run", "dcgan", config).play()
    Path(config.data).rename(tmp_path / "elsewhere")
    with pytest.raises(
        FileNotFoundError, match=r"run' are not where they were .*\. Put them back, or give their new path: --data PATH"
    ):
        Session.resume(tmp_path / "run")


def test_a_run_explains_itself(tmp_path, config):
    session = Session.create(tmp_path / "run", "dcgan", config)
    assert session.play()
    names = {p.name for p in (tmp_path / "run").iterdir()}
    assert names == {
        "config.json", "data.png", "data.txt", "log.jsonl", "samples", "preview.png", "checkpoints", "model",
        "samples.png", "real_and_generated.png", "curves.png", "timelapse.gif",
    }  # fmt: skip
    about = json.loads((tmp_path / "run" / "config.json").read_text())
    assert about["config"]["rounds"] == 12
    known = {name: about["data"][name] for name in ("shape", "count", "sha256")}
    assert known == {"shape": [1, 8, 8], "count": 40, "sha256": session.data.digest()}
    assert about["data"]["spec"]["kind"] == {"type": "Pictures"}
    assert [session.keys() for session in about["sessions"]] == [{"from_round", "sparring", "torch", "numpy", "python"}]
    assert [p.name for p in sorted((tmp_path / "run" / "checkpoints").iterdir())] == ["00000010", "00000012"]
    log = read_log(tmp_path / "run" / "log.jsonl")
    assert [line["round"] for line in log] == list(range(1, 13))
    assert log[-1]["images"] == 12 * 8
    assert {"discriminator/loss", "generator/loss", "discriminator/real_logit"} <= log[-1].keys()
    with Image.open(tmp_path / "run" / "timelapse.gif") as gif:
        assert gif.n_frames == 12


def test_load_and_sample(tmp_path, config):
    session = Session.create(tmp_path / "run", "dcgan", config)
    session.play()
    average, raw = sparring.load(tmp_path / "run"), sparring.load(str(tmp_path / "run"), weights="raw")
    samples = average.sample(9, seed=3)
    assert samples.shape == (9, 1, 8, 8)
    assert samples.abs().max() <= 1
    assert torch.equal(samples, session.average.sampler.settled().sample(9, seed=3))
    assert torch.equal(raw.sample(9, seed=3), session.trainer.game.sampler().settled().sample(9, seed=3))
    torch.testing.assert_close(average.sample(300, seed=3)[:9], samples, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="weights is 'best'; expected one of 'average', 'raw'"):
        sparring.load(tmp_path / "run", weights="best")
    with pytest.raises(ValueError, match="n is 0"):
        average.sample(0)


def test_load_with_ones_own_sampler(tmp_path, config):
    session = Session.create(tmp_path / "run", "dcgan", config)
    session.play()
    write_config(tmp_path / "run", {**read_config(tmp_path / "run"), "recipe": "mine"})
    with pytest.raises(ValueError, match=r"no recipe 'mine'.*sampler=an_untrained_one"):
        sparring.load(tmp_path / "run")
    mine = sparring.load(tmp_path / "run", sampler=session.trainer.game.sampler())
    assert mine.sample(2).shape == (2, 1, 8, 8)


def test_nothing_is_overwritten_and_nothing_written_in_vain(tmp_path, config):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.tex").write_text("precious")
    with pytest.raises(FileExistsError, match="choose another --out"):
        Session.create(tmp_path / "run", "dcgan", config)
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["thesis.tex"]
    np.save(tmp_path / "small.npy", np.zeros((4, 7, 1), np.uint8))
    with pytest.raises(ValueError, match="1 x 7 x 1"):
        Session.create(tmp_path / "new", "dcgan", Config(data=str(tmp_path / "small.npy")))
    assert not (tmp_path / "new").exists()


def test_what_is_not_a_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="not a run"):
        Run.open(tmp_path)
    write_config(tmp_path, {"recipe": "dcgan", "config": {"speed": 3}, "data": {}})
    with pytest.raises(ValueError, match="does not describe a run"):
        Run.open(tmp_path)


def test_changed_data_are_noticed(tmp_path, config, pictures):
    Session.create(tmp_path / "run", "dcgan", config).play()
    np.save(pictures, np.zeros((40, 8, 8), np.uint8))
    with pytest.raises(ValueError, match="have changed"):
        Session.resume(tmp_path / "run")


def test_a_run_can_be_extended(tmp_path, config):
    Session.create(tmp_path / "run", "dcgan", config).play()
    session = Session.resume(tmp_path / "run", rounds=15)
    assert session.trainer.state.round == 12
    seen = []
    session.play([Every(1, lambda trainer, costs: seen.append(session.drawn))])
    assert seen == [False] * 3, "pictures of fewer rounds would pass for those of the end"
    assert session.drawn
    assert Run.open(tmp_path / "run").config.rounds == 15
    about = json.loads((tmp_path / "run" / "config.json").read_text())
    assert [session["from_round"] for session in about["sessions"]] == [0, 12]
    with pytest.raises(ValueError, match="is at round 15; --rounds 5 is less"):
        Session.resume(tmp_path / "run", rounds=5)
    assert Run.open(tmp_path / "run").config.rounds == 15
    assert [line["round"] for line in read_log(session.log.path)] == list(range(1, 16))


def test_a_signal_stops_after_the_round_and_saves(tmp_path, config):
    session, told = Session.create(tmp_path / "run", "dcgan", config), []
    interrupt = Every(7, lambda trainer, costs: signal.raise_signal(signal.SIGINT))
    assert session.play([interrupt], on_interrupt=lambda: told.append(True)) is False
    assert told == [True]
    assert session.trainer.state.round == 7
    assert checkpoint.latest(tmp_path / "run" / "checkpoints").name == "00000007"
    assert Session.resume(tmp_path / "run").trainer.state.round == 7


def test_a_signal_in_the_last_round_does_not_cost_the_pictures(tmp_path, config):
    session = Session.create(tmp_path / "run", "dcgan", config)
    assert session.play([Every(12, lambda trainer, costs: signal.raise_signal(signal.SIGINT))]) is True
    assert session.drawn


def test_an_end_cut_short_is_made_up_for(tmp_path, config, monkeypatch):
    """Killed after the last checkpoint, before the pictures."""
    session = Session.create(tmp_path / "run", "dcgan", config)
    monkeypatch.setattr(session, "draw", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        session.play()
    again = Session.resume(tmp_path / "run")
    assert again.complete
    assert not again.drawn
    assert again.play()
    assert again.drawn
    assert sparring.load(tmp_path / "run").sample(2).shape == (2, 1, 8, 8)


def test_killed_between_the_writers_of_a_round_no_score_is_lost(tmp_path, config, monkeypatch):
    config = dataclasses.replace(config, hold_out=10, evaluate_every=5)
    Session.create(tmp_path / "whole", "dcgan", config).play()
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "prune", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))  # once saved
        with pytest.raises(KeyboardInterrupt):
            Session.create(tmp_path / "killed", "dcgan", config).play()
    session = Session.resume(tmp_path / "killed")
    assert session.trainer.state.round == 5
    session.play()
    scores = [(tmp_path / name / SCORES).read_bytes() for name in ("killed", "whole")]
    assert scores[0] == scores[1]
    assert len(scores[0].splitlines()) == 3


def test_a_single_example_held_out_is_refused_at_once(tmp_path, config):
    with pytest.raises(ValueError, match="--hold-out is 1; expected 0, or 2 or more"):
        Session.create(tmp_path / "run", "dcgan", dataclasses.replace(config, hold_out=1))


def test_leftovers_of_interrupted_writes_go(tmp_path, config):
    run = tmp_path / "run"
    run.mkdir()
    (run / ".config.json.77.tmp").write_text("half")
    Session.create(run, "dcgan", config).play()
    (run / "model" / ".raw.safetensors.78.tmp").write_text("half")
    (run / "checkpoints" / ".00000011.78.tmp").mkdir()
    session = Session.resume(run, rounds=13)
    assert list(run.rglob("*.tmp")), "reading writes nothing"
    session.play()
    assert not list(run.rglob("*.tmp"))


def test_weights_that_are_not_finite_are_not_saved(tmp_path, config):
    """A gradient without a number, of a cost with one, spoils the weights; the next checkpoint notices."""

    def spoil(trainer, costs):
        with torch.no_grad():
            trainer.game.generator.layers[1].weight.fill_(torch.nan)

    session = Session.create(tmp_path / "run", "dcgan", config)
    session.checkpoint.every = 5
    hooks = session.trainer.hooks
    hooks.insert(hooks.index(session.checkpoint), Every(10, spoil))
    with pytest.raises(FloatingPointError, match=r"0\.generator\.layers\.1\.weight.*by round 10"):
        session.play()
    assert checkpoint.latest(tmp_path / "run" / "checkpoints").name == "00000005"


def test_a_run_finds_its_data_from_anywhere(tmp_path, pictures, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Session.create(tmp_path / "run", "dcgan", Config(data=pictures.name, rounds=2, batch=4, width=2)).play()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Session.resume(tmp_path / "run").complete


def test_a_second_signal_stops_at_once(tmp_path, config):
    def twice(trainer, costs):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    session = Session.create(tmp_path / "run", "dcgan", config)
    with pytest.raises(KeyboardInterrupt):
        session.play([Every(7, twice)])
    assert checkpoint.latest(tmp_path / "run" / "checkpoints").name == "00000005"


def test_a_failure_is_not_saved(tmp_path, config):
    session = Session.create(tmp_path / "run", "dcgan", config)

    def spoil(trainer, costs):
        with torch.no_grad():
            trainer.game.generator.layers[1].weight.fill_(torch.nan)

    with pytest.raises(FloatingPointError, match="in round 8"):
        session.play([Every(8, spoil)])
    assert checkpoint.latest(tmp_path / "run" / "checkpoints").name == "00000005"


def test_killed_at_random_moments_ends_bit_identical(tmp_path, pictures):
    """Killed with -9 ten times, also while saving, and resumed: the bits of a run that was left alone."""
    options = ["--data", str(pictures), "--rounds", "3000", "--batch", "8", "--width", "2", "--latent", "4"]
    options += ["--device", "cpu", "--threads", "1", "--checkpoint-every", "10"]
    train = [sys.executable, "-m", "sparring", "train", "dcgan", *options, "--out"]
    whole = subprocess.Popen([*train, str(tmp_path / "whole")], stdout=subprocess.DEVNULL)
    killed, chance = tmp_path / "killed", random.Random(0)
    command = [*train, str(killed)]
    rounds = []
    for _ in range(10):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        before = length(killed / "log.jsonl")
        while process.poll() is None and length(killed / "log.jsonl") <= before:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.4))
        process.kill()
        assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed: make it longer"
        rounds.append(length(killed / "log.jsonl"))
        command = [sys.executable, "-m", "sparring", "resume", str(killed)]
    assert len(set(rounds)) > 5
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert whole.wait() == 0
    for file in (
        "checkpoints/00003000/tensors.safetensors",
        "checkpoints/00003000/tree.json",
        "model/average.safetensors",
    ):
        assert (killed / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()
    assert costs(killed) == costs(tmp_path / "whole")
    assert not list(tmp_path.rglob("*.tmp"))


def costs(path):
    """The log without its clocks."""
    clocks = ("seconds", "images_per_second")
    return [{k: v for k, v in line.items() if k not in clocks} for line in read_log(path / "log.jsonl")]


def length(path):
    return path.stat().st_size if path.exists() else 0


def test_spectral_norms_in_a_run_are_settled(tmp_path, monkeypatch):
    """Those of the generator in what is saved, those of the discriminator when the game is looked at."""
    plain = ring.game

    def normal(config):
        game = plain(config)
        spectral(game.generator), spectral(game.discriminator)
        return game

    monkeypatch.setattr(ring, "game", normal)
    small = ring.Config(rounds=5, batch=8, width=4, device="cpu", threads=1, rate=0.1, hold_out=0)
    assert Session.create(tmp_path / "run", "ring", small).play()
    run = Run.open(tmp_path / "run")
    live = Session.resume(tmp_path / "run").trainer.game
    assert max(largest(live.eval())) > 1.0001, "in training they lag behind a little"
    for settled in (run.game(), run.sampler("average"), run.sampler("raw")):
        assert largest(settled.eval()) == pytest.approx([1] * len(largest(settled)), abs=1e-5)
    assert torch.isfinite(run.sampler().sample(7)).all()


def largest(module):
    """The largest singular value of every weight with a spectral norm."""
    layers = [layer for layer in module.modules() if is_parametrized(layer)]
    return [torch.linalg.svdvals(layer.weight.detach())[0].item() for layer in layers]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"config": {"width": "2"}}, "does not describe a run of this version .width is '2'; expected int"),
        ({"config": {"width": 10**9}}, "dcgan cannot be built with these options"),
        ({"time": "soon"}, "does not describe a run of this version .time is 'soon'"),
        ({"time": float("inf")}, "does not describe a run of this version .time is inf"),
        ({"extra": None}, "does not describe a run of this version .extra is None"),
    ],
)
def test_a_configuration_that_is_sealed_and_makes_no_sense_is_one_line(tmp_path, config, change, words):
    Session.create(tmp_path / "run", "dcgan", dataclasses.replace(config, rounds=1)).play()
    about = read_config(tmp_path / "run")
    write_config(tmp_path / "run", about | change | {"config": about["config"] | change.get("config", {})})
    for opened in (Session.resume, sparring.load):
        with pytest.raises(ValueError, match=words) as caught:
            opened(tmp_path / "run")
        assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_game_is_one_line(tmp_path, config):
    Session.create(tmp_path / "run", "dcgan", dataclasses.replace(config, rounds=1)).play()
    newest = checkpoint.found(tmp_path / "run" / "checkpoints")[-1]
    checkpoint.save(newest, checkpoint.load(newest) | {"state": {"round": "x"}})
    with pytest.raises(ValueError, match=r"1 is not a checkpoint of this run .* use an older one or train again"):
        Session.resume(tmp_path / "run")
