"""What of a run's directory is the run's: nothing else is removed, by whatever name or link."""

import os
from pathlib import Path

import pytest

from sparring import cli
from sparring.recipes.theory.ring import Config
from sparring.runs import belongings, listing
from sparring.runs.session import Session


@pytest.fixture
def run(tmp_path):
    """A tiny run."""
    path = tmp_path / "run"
    Session.create(path, "ring", Config(rounds=3, batch=4, width=4, device="cpu")).play()
    return path


OTHERS = [
    "notes.txt", ".hidden", "mine/a.png", "samples/best.png", "samples/old/00000001.png", "model/mine.safetensors",
    "checkpoints/notes", "checkpoints/00000003/notes", "checkpoints/best/tree.json", "model/config.json",
    ".config.json.tmp", "..config.json.7.tmp.bak", ".mine.7.tmp", "mine/.config.json.7.tmp", "recipe/data.csv",
    "tensorboard/mine.csv", "export/mine.html", "evaluation.json.bak", "config.json ", "likelihood/mine.json",
]  # fmt: skip


def test_all_that_a_run_writes_is_its_own(run):
    assert belongings.others(run) == []
    assert set(belongings.own(run)) == {path for path in run.rglob("*") if path.is_file()}
    assert belongings.own(run)[-1].name == "config.json", "a removal that is interrupted can be repeated"


def test_what_others_put_there_stays_and_is_named(run, capsys):
    for name in OTHERS:
        run.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        run.joinpath(name).write_text("precious")
    run.joinpath("empty").mkdir()
    assert cli.run("runs", ["remove", str(run), "--yes"]) == 0
    assert f"{len(OTHERS) + 1} files not written by the runs will stay: {run}/" in capsys.readouterr().out
    left = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()}
    assert left == set(OTHERS)
    assert run.joinpath("empty").is_dir()
    assert listing.find(run) in ([], [run])


def test_resume_deletes_its_own_leftovers_alone(run):
    mine = [".config.json.7.tmp", "samples/.00000009.png.7.tmp", "model/.raw.safetensors.12.tmp"]
    for name in [*mine, *OTHERS]:
        run.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        run.joinpath(name).write_text("x")
    folder = run / "checkpoints" / ".00000009.7.tmp"
    folder.mkdir()
    folder.joinpath("tree.json").touch()
    theirs = run / "checkpoints" / ".mine.7.tmp"
    theirs.mkdir()
    belongings.clean(run)
    assert not [name for name in mine if run.joinpath(name).exists()]
    assert not [name for name in OTHERS if not run.joinpath(name).exists()]
    assert (folder.exists(), theirs.exists()) == (False, True)


@pytest.mark.parametrize("name", ["samples", "checkpoints", "model", "samples/old", "tensorboard", "wandb"])
def test_links_in_a_run_are_not_followed(run, tmp_path, name):
    outside = tmp_path / "outside"
    for inner in (
        "00000001.png",
        "00000003/tree.json",
        "raw.safetensors",
        ".00000001.png.7.tmp",
        "00000003/.tree.json.7.tmp",
    ):
        outside.joinpath(inner).parent.mkdir(parents=True, exist_ok=True)
        outside.joinpath(inner).write_text("precious")
    before = sorted(outside.rglob("*"))
    place = run / name
    if place.exists():
        place.rename(tmp_path / "moved")
    place.symlink_to(outside)
    assert place in belongings.others(run)
    belongings.clean(run)
    listing.remove(run)
    assert sorted(outside.rglob("*")) == before
    assert place.is_symlink()


SPELT = ["link", "link/", "link/.", "./link", "link//", "other/../link", "link/samples/..", "link/../link", "chain"]


@pytest.mark.parametrize("path", SPELT)
@pytest.mark.parametrize("verb", ["remove", "prune"])
def test_a_link_is_refused_however_it_is_spelt(run, tmp_path, monkeypatch, capsys, path, verb):
    monkeypatch.chdir(tmp_path)
    Path("other").mkdir()
    Path("link").symlink_to(run)
    Path("chain").symlink_to("link")
    before = sorted(run.rglob("*"))
    assert cli.run("runs", [verb, path, *["--yes"] * (verb == "remove")]) == 2
    assert f"is a link: give the run itself, '{run}'" in capsys.readouterr().err
    assert sorted(run.rglob("*")) == before


def test_a_run_below_a_link_is_a_run(run, tmp_path):
    """Home directories are links on some machines."""
    (tmp_path / "home").symlink_to(tmp_path, target_is_directory=True)
    assert listing.remove(tmp_path / "home" / "run") > 0
    assert not run.exists()


def test_a_run_spelt_in_another_way_is_removed(run, tmp_path, monkeypatch):
    monkeypatch.chdir(run.parent)
    assert cli.run("runs", ["remove", f"run{os.sep}samples{os.sep}..", "--yes"]) == 0
    assert not run.exists()
