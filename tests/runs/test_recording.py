"""Run directories of any trainer, from Python."""

import signal

import pytest
import torch

import sparring
from made import noise
from sparring import GAN, MLP, Data, InMemory, Key, Normal, Phase, Trainer, cli, record
from sparring.data.source import Mirrored
from sparring.games.theory import xy
from sparring.hooks import Every
from sparring.runs import files, listing
from sparring.runs.files import read_config, read_log
from sparring.runs.run import Run


def made(rounds=6, seed=0, width=4, streams=None, hooks=()):
    with Key(seed).seeded():
        game = GAN(MLP(2, width, 2), MLP(2, width, 1, logits=True), Normal(2))
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), 0.01) for name in game.players()}
    streams = streams or {"real": InMemory(Key(1).normal("data", (50, 2)))}
    return Trainer(Phase(game, optimizers, streams, rounds, batch=8), hooks=hooks, seed=seed)


def test_a_trainer_leaves_a_run(tmp_path, capsys):
    trainer = made(hooks=[Every(1, lambda *_: None)])
    hooks = list(trainer.hooks)
    assert record(trainer, tmp_path / "run") is trainer
    assert trainer.hooks == hooks, "they are its own again"
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {
        "config.json", "log.jsonl", "samples", "preview.png", "checkpoints", "model", "samples.png", "curves.png",
        "real_and_generated.png", "timelapse.gif",
    }  # fmt: skip
    about = read_config(tmp_path / "run")
    assert (about["recipe"], about["config"]["rounds"], about["data"]["count"]) == ("Python", 6, 50)
    assert read_log(tmp_path / "run" / "log.jsonl")[-1]["round"] == 6
    summary = listing.summary(tmp_path / "run")
    assert (summary.recipe, summary.round, summary.complete, summary.problem) == ("Python", 6, True, None)
    listing.prune(tmp_path / "run")
    assert cli.run("runs", ["compare", str(tmp_path / "run"), "--out", str(tmp_path / "c.png")]) == 0


def test_its_model_loads_into_a_sampler_of_the_game(tmp_path):
    trainer = record(made(), tmp_path / "run", progress=False)
    fresh = made().game.sampler()
    before = fresh.sample(3)
    loaded = sparring.load(tmp_path / "run", sampler=fresh, weights="raw")
    assert torch.equal(loaded.sample(3), trainer.game.sampler().sample(3))
    assert torch.equal(fresh.sample(3), before), "a copy is filled"


def test_the_same_call_goes_on_bit_for_bit(tmp_path):
    record(made(), tmp_path / "whole", progress=False)
    stopped = made(hooks=[Every(3, lambda trainer, _: trainer.stop())])
    record(stopped, tmp_path / "run", progress=False)
    assert stopped.state.round == 3
    again = made()
    record(again, tmp_path / "run", progress=False)
    assert again.state.round == 6
    for name in ("checkpoints/00000006/tensors.safetensors", "model/average.safetensors"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert [session["from_round"] for session in read_config(tmp_path / "run")["sessions"]] == [0, 3]
    written = (tmp_path / "run" / "config.json").read_bytes()
    assert record(made(), tmp_path / "run", progress=False).state.round == 6, "of which the newest state is loaded"
    assert record(again, tmp_path / "run", progress=False) is again
    assert (tmp_path / "run" / "config.json").read_bytes() == written, "there was nothing to do"


def test_more_rounds_are_played(tmp_path):
    record(made(), tmp_path / "run", progress=False)
    assert record(made(rounds=8), tmp_path / "run", progress=False).state.round == 8
    assert Run.open(tmp_path / "run", recipe=_code()).config.rounds == 8
    with pytest.raises(ValueError, match="is at round 8; --rounds 2 is less"):
        record(made(rounds=2), tmp_path / "run", progress=False)


def _code():
    return sparring.runs.code.find("ring")


def test_an_interrupt_saves_and_stops(tmp_path, capsys):
    trainer = made(hooks=[Every(2, lambda *_: signal.raise_signal(signal.SIGINT))])
    assert record(trainer, tmp_path / "run").state.round == 2
    assert capsys.readouterr().err.endswith("run: saved at round 2 of 6; the same call continues\n")
    assert record(made(), tmp_path / "run", progress=False).state.round == 6


def test_another_trainer_is_refused(tmp_path):
    record(made(), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match="its seed is 0, this trainer's is 1"):
        record(made(seed=1), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match="from another game"):
        record(made(width=5), tmp_path / "run", progress=False)
    with pytest.raises(ValueError, match="have changed since it began"):
        record(made(streams={"real": InMemory(torch.zeros(50, 2))}), tmp_path / "run", progress=False)
    config = sparring.recipes.find("ring").Config(rounds=1, batch=4, width=4, device="cpu", threads=1)
    sparring.runs.session.Session.create(tmp_path / "ring", "ring", config).play()
    with pytest.raises(FileExistsError, match="is a run of the recipe 'ring'"):
        record(made(), tmp_path / "ring", progress=False)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    with pytest.raises(FileExistsError, match="full' exists"):
        record(made(), tmp_path / "full", progress=False)


def test_a_game_without_a_sampler_has_log_checkpoints_and_curves(tmp_path):
    def game(rounds=4):
        game, streams = xy.tiny()
        optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
        return Trainer(Phase(game, optimizers, streams, rounds, batch=2))

    record(game(), tmp_path / "whole", progress=False)
    first = game()
    first.hooks.append(Every(3, lambda trainer, _: trainer.stop()))
    record(first, tmp_path / "run", progress=False)
    record(game(), tmp_path / "run", progress=False)
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {"config.json", "log.jsonl", "checkpoints", "curves.png"}
    name = "checkpoints/00000004/tensors.safetensors"
    assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert listing.summary(tmp_path / "run").complete
    assert not listing.summary(tmp_path / "none").complete
    with pytest.raises(FileNotFoundError, match="weights"):
        sparring.load(tmp_path / "run", sampler=made().game.sampler())


class _Elsewhere:
    """A source that is no set of examples."""

    def draw(self, n, key):
        return sparring.Batch(key.normal("x", (n, 2)))

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        """Nothing."""


def test_what_samples_are_to_be_like(tmp_path):
    with pytest.raises(ValueError, match=r"give examples, data=sparring\.InMemory"):
        record(made(streams={"real": _Elsewhere()}), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()
    points = InMemory(Key(2).normal("x", (9, 2)))
    for number, data in enumerate((points, Data({"real": points}))):
        record(made(streams={"real": _Elsewhere()}), tmp_path / str(number), data=data, progress=False)
        assert read_config(tmp_path / str(number))["data"]["count"] == 9
    pictures = InMemory(torch.tensor(noise(20, 8, 8))[:, None])
    from sparring.recipes.images import dcgan

    config = dcgan.Config(rounds=1, batch=4, width=2, latent=3, device="cpu")
    trainer = dcgan.build(config, Data({"real": pictures}))
    trainer.phases[0].streams["real"] = Mirrored(pictures)
    record(trainer, tmp_path / "pictures", progress=False)
    assert read_config(tmp_path / "pictures")["data"]["spec"]["kind"] == {"type": "Pictures"}


def test_verbs_say_what_they_need(tmp_path, capsys):
    run = str(tmp_path / "run")
    record(made(), run, progress=False)
    for verb in ("sample", "resume", "evaluate"):
        assert cli.run(verb, [run]) == 2
        error = capsys.readouterr().err
        assert "was made in Python, and its code was not kept" in error
        assert "sampler=game.sampler()" in error
        assert "--recipe ./FILE.py" in error
        assert error.count("\n") == 1


def test_progress_is_on_stderr(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sparring.machine.progress._lines", lambda title, total: lambda n: print(title, total, n))
    record(made(rounds=2), tmp_path / "run")
    made(rounds=3).play(2, progress=True)
    made(rounds=3).play(2)
    assert capsys.readouterr().out == "rounds 2 1\n" * 4


def test_a_file_of_a_run_is_not_lost_to_a_stream_of_another_name(tmp_path):
    """Examples to be like stand for the first stream."""
    record(made(), tmp_path / "run", data=InMemory(Key(3).normal("x", (7, 2))), progress=False)
    assert list(files.read_config(tmp_path / "run")["data"]["spec"]["streams"]) == ["real"]
