"""A time to train in, and the rounds it is for."""

import dataclasses
import json

import pytest
import torch

from sparring.hooks import Every
from sparring.phase import TrainState
from sparring.recipes.images import dcgan
from sparring.recipes.text import seqgan
from sparring.recipes.theory import ring
from sparring.runs import budget as module
from sparring.runs import files, models, stage
from sparring.runs.budget import PLANNED, Budget, played
from sparring.runs.run import Run
from sparring.runs.session import Session
from sparring.trainer import Phase, Trainer
from test_hooks import trainer_of

TINY = {"device": "cpu", "threads": 1, "batch": 4, "width": 8, "latent": 4}


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so."""

    class Clock:
        now = 0.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock.monotonic)
    return clock


def test_rounds_of_one_phase(clock):
    trainer = trainer_of([], 100)
    budget = Budget(100.0, [0.5])
    assert budget.rounds(trainer, 100) == PLANNED * 100 / 0.5
    budget.start(trainer)
    trainer.play(40)
    clock.now = 10.0  # a quarter of a second each
    assert budget.rounds(trainer, 100) == PLANNED * 100 / 0.25


def test_rounds_of_phases_that_differ_in_speed():
    """A third of the rounds take 3 s each, the others 1 s: 5 s for each three."""
    game = trainer_of([], 1).phases[0]
    phases = [Phase(game.game, game.optimizers, game.streams, rounds) for rounds in (10, 20)]
    assert Budget(300 / PLANNED, [3.0, 1.0]).rounds(Trainer(*phases), 30) == 180


def test_what_was_played_before_counts(clock):
    trainer = trainer_of([], 100)
    trainer.play(40)
    budget = Budget(50.0, [1.0])
    budget.start(trainer)
    assert budget.rounds(trainer, 100) == 40 + round(PLANNED * 50)
    assert played(trainer.phases, TrainState(phase=0, within=7)) == [7]


def test_it_stops_to_plan_once_and_when_time_is_out(clock):
    trainer = trainer_of([], 1000)
    budget = Budget(1000.0, [1.0])
    trainer.hooks += [Every(1, lambda *_: setattr(clock, "now", clock.now + 1)), budget]
    trainer.play()
    assert (trainer.state.round, budget.due, budget.out) == (30, True, False)
    budget.pace = None
    trainer.play()
    assert (trainer.state.round, budget.due, budget.out) == (1000, False, True)


@pytest.fixture
def few(monkeypatch):
    """Fewer pictures than usual, which take time."""
    monkeypatch.setattr(stage, "FRAMES", 4)


def test_a_run_by_time_is_one_by_rounds(tmp_path, clock, few):
    """Bit for bit, as long as the schedules have not begun to fall where it is planned; and they fall to the end."""
    config = ring.Config(**TINY, seed=3, hold_out=20)
    session = Session.create(tmp_path / "timed", "ring", config, time=300.0)
    said = []
    tick = Every(1, lambda *_: setattr(clock, "now", clock.now + 1))
    assert session.play([tick], on_plan=lambda: said.append(session.trainer.state.round))
    assert session.complete
    assert said == [30]
    run = Run.open(tmp_path / "timed")
    assert run.time is None
    assert run.config.rounds == session.trainer.state.round == 285
    rates = [group["lr"] for o in session.trainer.phase.optimizers.values() for group in o.param_groups]
    assert rates == pytest.approx([1e-4, 2e-5])
    other = Session.create(tmp_path / "counted", "ring", dataclasses.replace(config, rounds=285))
    assert other.play()
    for name in ("average", "raw"):
        one, two = (models.read(tmp_path / folder, name) for folder in ("timed", "counted"))
        assert all(torch.equal(one[key], two[key]) for key in one)
    assert (tmp_path / "timed" / "timelapse.gif").exists()
    scores = files.read_log(tmp_path / "timed" / "scores.jsonl")
    assert len(scores) >= 15
    assert scores[-1]["round"] == 285


def test_a_run_that_stops_before_it_is_planned_is_planned_when_it_goes_on(tmp_path):
    session = Session.create(tmp_path / "run", "ring", ring.Config(**TINY), time=1000.0)
    session.play([Every(3, lambda trainer, _: trainer.stop())])
    first = Run.open(tmp_path / "run")
    assert first.time == 1000.0
    again = Session.resume(tmp_path / "run")
    assert again.budget is not None
    assert again.budget.seconds == pytest.approx(1000, abs=5)
    assert again.trainer.state.round == 3
    assert Session.resume(tmp_path / "run", rounds=9).budget is None


def test_the_phases_of_a_recipe_have_their_shares():
    data = seqgan.open_data(seqgan.Config())
    for rounds in (30, 3000):
        first, second = seqgan.build(seqgan.Config(rounds=rounds, device="cpu"), data).phases
        assert (first.rounds, second.rounds) == (rounds * 2 // 3, rounds // 3)


@pytest.fixture
def done(tmp_path):
    Session.create(tmp_path / "run", "ring", ring.Config(rounds=10, **TINY)).play()
    return tmp_path / "run"


def rate(session):
    session.trainer.play(1)
    return session.trainer.phase.optimizers["generator"].param_groups[0]["lr"]


def test_more_rounds_stretch_the_schedules_or_keep_the_rates(done):
    assert rate(Session.resume(done, rounds=30)) == pytest.approx(1e-3)  # it falls from 45% on
    kept = Session.resume(done, rounds=30, keep_rates=True)
    assert rate(kept) == pytest.approx(1e-3 / 50)
    assert kept.trainer.rounds == 30
    kept.play()
    about = json.loads((done / "config.json").read_bytes())
    assert (about["config"]["rounds"], about["extra"], about["rounds"]) == (10, 20, 30)
    assert Session.resume(done).complete
    assert 3 * Session.resume(done).average.half_life == pytest.approx(
        Session.resume(done, rounds=30).average.half_life
    )


def test_the_first_pictures_come_early_and_then_at_equal_steps(tmp_path, few):
    session = Session.create(tmp_path / "run", "ring", ring.Config(rounds=43, **TINY))
    session.play()
    names = [int(file.stem) for file in sorted((tmp_path / "run" / "samples").glob("*.png"))]
    assert names == [1, 2, 4, 8, 10, 20, 30, 40]


def test_examples_are_held_out_where_there_are_many(tmp_path):
    session = Session.prepare(tmp_path, "dcgan", dcgan.Config(rounds=1, device="cpu", width=2))
    assert session.run.config.hold_out == 500
    assert len(session.data) == 9500


def test_weights_of_another_run(done, tmp_path):
    session = Session.create(tmp_path / "new", "ring", ring.Config(rounds=30, seed=9, **TINY), origin=done)
    theirs, ours = Session.resume(done).trainer._tensors(), session.trainer._tensors()
    assert all(torch.equal(theirs[name], ours[name]) for name in theirs)
    assert session.run.origin == f"{done}, round 10: {len(ours)} of {len(ours)} tensors"
    stopped = Every(1, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        session.play([stopped])
    again = Session.resume(tmp_path / "new")
    assert again.run.origin == session.run.origin
    assert all(torch.equal(theirs[name], tensor) for name, tensor in again.trainer._tensors().items())


def test_weights_that_do_not_fit(done, tmp_path):
    other = Session.create(tmp_path / "x", "ring", ring.Config(rounds=3, **{**TINY, "latent": 5}), origin=done)
    assert "; new: " in other.run.origin
    with pytest.raises(ValueError, match=r"no weights of .* fit"):
        Session.create(tmp_path / "x", "dcgan", dcgan.Config(width=2, latent=4, device="cpu"), origin=done)
    with pytest.raises(FileNotFoundError, match="there is no run"):
        Session.create(tmp_path / "x", "ring", ring.Config(**TINY), origin=tmp_path / "nothing")
