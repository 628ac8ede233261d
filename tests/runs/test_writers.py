import pytest
import torch

from sparring import Cost
from sparring.runs.files import read_log
from sparring.runs.writers import Evaluate, Log, Samples
from test_hooks import trainer_of


def test_log_lines(tmp_path):
    log = Log(tmp_path / "log.jsonl", 2)
    trainer_of([log], 6).play()
    lines = read_log(log.path)
    assert [line["round"] for line in lines] == [2, 4, 6]
    assert [line["images"] for line in lines] == [32, 64, 96]
    assert lines[0]["seconds"] <= lines[1]["seconds"] <= lines[2]["seconds"]
    assert log.last == {name: value for name, value in lines[-1].items() if "/" in name}
    watched = {f"discriminator/{name}" for name in ("loss", "r1", "real_logit", "fake_logit")}
    assert set(log.last) == watched | {"generator/loss"}


def test_log_lines_of_lost_rounds_and_torn_lines_go(tmp_path):
    log = Log(tmp_path / "log.jsonl", 1)
    for n in (1, 2, 3):
        log.lines.append({"round": n, "seconds": 2.0 * n})
    with log.path.open("ab") as file:
        file.write(b'{"round": 4, "sec')
    assert [line["round"] for line in read_log(log.path)] == [1, 2, 3]
    trainer = trainer_of([log], 4)
    trainer.state.round = trainer.state.within = 2
    trainer.play()
    assert [line["round"] for line in read_log(log.path)] == [1, 2, 3, 4]
    assert read_log(log.path)[2]["seconds"] >= 4.0, "the clock goes on"


def test_log_notices_what_is_not_finite(tmp_path):
    log = Log(tmp_path / "log.jsonl")
    trainer = trainer_of([log], 1)
    log.start(trainer)
    with pytest.raises(FloatingPointError, match=r"\['a/y'\] became infinite"):
        log(trainer, {"a": Cost({"y": torch.tensor(torch.inf)})})
    assert read_log(log.path) == []


def test_samples_are_the_same_latents_again(tmp_path):
    trainer = trainer_of([], 4)
    trainer.hooks.append(Samples(tmp_path, trainer.game.sampler(), every=2, n=5))
    trainer.play()
    assert sorted(p.name for p in (tmp_path / "samples").iterdir()) == ["00000001.png", "00000002.png", "00000004.png"]
    assert (tmp_path / "preview.png").read_bytes() == (tmp_path / "samples" / "00000004.png").read_bytes()


def test_scores_of_the_same_latents_again(tmp_path):
    trainer, seen = trainer_of([], 4), []

    def measure(samples):
        seen.append(samples)
        return {"held out/mean": samples.mean().item()}

    hook = Evaluate(tmp_path / "scores.jsonl", trainer.game.sampler(), measure, every=2, n=7, seed=3)
    trainer.hooks.append(hook)
    trainer.play()
    lines = read_log(hook.path)
    assert [line["round"] for line in lines] == [2, 4]
    assert [line["images"] for line in lines] == [32, 64]
    assert [line["held out/mean"] for line in lines] == [samples.mean().item() for samples in seen]
    assert torch.equal(seen[1], trainer.game.sampler().settled().sample(7, seed=3))
    trainer.state.round = 3
    hook.start(trainer)
    assert [line["round"] for line in read_log(hook.path)] == [2], "rounds to be played again are measured again"


def test_samples_that_are_not_finite_are_not_measured(tmp_path):
    trainer = trainer_of([], 1)
    with torch.no_grad():
        next(trainer.game.generator.parameters()).fill_(torch.nan)
    hook = Evaluate(tmp_path / "scores.jsonl", trainer.game.sampler(), lambda samples: {}, every=1, n=7)
    with pytest.raises(FloatingPointError, match=r"samples became infinite .* by round 0; the last checkpoint"):
        hook(trainer, {})
    assert not hook.path.exists()
