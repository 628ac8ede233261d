import dataclasses
import os
import shutil
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparring import Trainer
from sparring.recipes.theory import ring
from sparring.recipes.theory.ring import Config
from sparring.runs import checkpoint, files, listing, lock
from sparring.runs.code import Code
from sparring.runs.errors import InUseError
from sparring.runs.session import Session


class TwoPhases:
    """The ring after a warm-up of three rounds."""

    Config, USES, open_data, sampler = Config, frozenset(), staticmethod(ring.open_data), staticmethod(ring.sampler)

    @staticmethod
    def build(config, data):
        first, last = (ring.build(config, data).phases[0] for _ in range(2))
        return Trainer(dataclasses.replace(first, rounds=3), last, seed=config.seed)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    path = tmp_path_factory.mktemp("played") / "run"
    Session.create(path, "ring", Config(rounds=6, batch=4, width=4, device="cpu", checkpoint_every=2)).play()
    return path


@pytest.fixture
def run(played, tmp_path):
    return shutil.copytree(played, tmp_path / "runs" / "run")


def test_summary(run):
    summary = listing.summary(run)
    assert dataclasses.asdict(summary) | {"seconds": 0, "bytes": 0, "changed": 0} == {
        "path": run, "problem": None, "recipe": "ring", "round": 6, "rounds": 6, "complete": True,
        "images": 24, "seconds": 0, "bytes": 0, "changed": 0, "damage": "", "user": "", "score": None,
    }  # fmt: skip
    assert 0 < summary.seconds < 60
    assert abs(summary.changed - time.time()) < 3600
    assert summary.bytes == sum(int(line) for line in subprocess.check_output(
        ["find", run, "-type", "f", "-printf", "%s\n"], text=True).split())  # fmt: skip


def test_a_run_of_ones_own_recipe_is_a_run(run):
    files.write_config(run, {**files.read_config(run), "recipe": "mine"})
    assert (listing.summary(run).problem, listing.summary(run).recipe) == (None, "mine")


def test_a_run_that_goes_on_is_not_complete(run):
    content = files.read_config(run)
    files.write_config(run, {**content, "rounds": 9})
    assert not listing.summary(run).complete
    (run / "log.jsonl").unlink()
    assert (listing.summary(run).round, listing.summary(run).rounds) == (6, 9), "the checkpoint says it too"


def test_rounds_of_all_phases_count(tmp_path):
    """Those of the configuration may be of one phase alone."""
    code = Code("mine", TwoPhases())
    Session.create(tmp_path / "run", code, Config(rounds=4, batch=4, width=4, device="cpu")).play()
    summary = listing.summary(tmp_path / "run")
    assert (summary.problem, summary.round, summary.rounds, summary.complete) == (None, 7, 7, True)
    Session.resume(tmp_path / "run", rounds=8, recipe=code).play()
    summary = listing.summary(tmp_path / "run")
    assert (summary.round, summary.rounds, summary.complete) == (11, 11, True)


def test_find(run):
    folder = run.parent
    for name in ("b", ".c.1.tmp", "pictures"):
        (folder / name).mkdir()
    (folder / "b" / "log.jsonl").touch()
    (folder / ".c.1.tmp" / "config.json").touch()
    (folder / "note.txt").touch()
    assert listing.find(folder) == [folder / "b", run]
    assert listing.find(run) == [run]
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        listing.find(folder / "nowhere")


DAMAGED = [b"5", b"[]", b"null", b"[" * 9999, b'{"round": "x"}', b'{"round": 1e999}']


@given(st.binary(max_size=60) | st.sampled_from(DAMAGED), st.sampled_from(["config.json", "log.jsonl"]))
def test_broken_runs_are_described_not_raised(played, content, name):
    file = played / name
    before = file.read_bytes()
    try:
        file.write_bytes(content)
        summary = listing.summary(played)
    finally:
        file.write_bytes(before)
    assert name == "log.jsonl" or summary.problem
    assert "\n" not in (summary.problem or "")


def test_differences(run, tmp_path):
    other = shutil.copytree(run, tmp_path / "other")
    assert listing.differences([run, other]) == {}
    about = files.read_config(other)
    about["config"] |= {"seed": 5, "pictures": {"size": [8, 8]}}
    files.write_config(other, about)
    assert listing.differences([run, run, other]) == {"seed": [0, 0, 5], "pictures.size": [None, None, [8, 8]]}


def test_remove_takes_runs_alone(run, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    (run / "link").symlink_to(outside)
    link = tmp_path / "link"
    link.symlink_to(run)
    for path, message in ((outside, "is not a run"), (link, "is a link"), (run.parent, "is not a run")):
        with pytest.raises((ValueError, FileNotFoundError), match=message):
            listing.remove(path)
    (outside / "config.json").write_text('{"name": "of another program"}')
    with pytest.raises(ValueError, match="not written by sparring"):
        listing.remove(outside)
    size = listing.size(run)
    assert listing.remove(run) == size
    assert [*run.iterdir()] == [run / "link"]
    assert (outside / "precious").exists()


def test_a_run_in_use_stays(run):
    with lock.locked(run, "trained"):
        for act in (listing.remove, listing.prune):
            with pytest.raises(InUseError, match=rf"is being trained by process {os.getpid()} on "):
                act(run)
        assert listing.summary(run).user.startswith(f"process {os.getpid()} on ")
    assert listing.summary(run).user == ""
    listing.prune(run)
    listing.remove(run)
    assert not run.exists()


def test_prune(run):
    folder = run / "checkpoints"
    assert [path.name for path in checkpoint.found(folder)] == ["00000004", "00000006"]
    shutil.copytree(folder / "00000004", folder / ".00000005.1.tmp")
    size = listing.size(folder)
    each = listing.size(folder / "00000004")
    assert listing.prune(run, 2) == each, "what an interrupted write left"
    assert listing.prune(run, 1) == size - each - listing.size(folder)
    assert [path.name for path in checkpoint.found(folder)] == ["00000006"]
    assert Session.resume(run, rounds=7).trainer.state.round == 6
    with pytest.raises(ValueError, match="--keep is 0"):
        listing.prune(run, 0)


def test_prune_keeps_the_newest_that_is_whole(run):
    folder = run / "checkpoints"
    (folder / "00000006" / "tree.json").write_text("{}")
    with pytest.warns(UserWarning, match="passed over"):
        listing.prune(run)
    assert [path.name for path in checkpoint.found(folder)] == ["00000004"]
    (folder / "00000004" / "tree.json").write_text("{}")
    with pytest.warns(UserWarning, match="passed over"), pytest.raises(ValueError, match="nothing was removed"):
        listing.prune(run)
    assert checkpoint.found(folder)
