"""The data of a run that have moved are found again, and others are not taken for them."""

import shutil

import pytest

from made import folder
from sparring import cli
from sparring.recipes.images.dcgan import Config
from sparring.recipes.theory import ring
from sparring.runs.files import read_config
from sparring.runs.run import Run
from sparring.runs.session import Session

COUNT = 230
SMALL = {"rounds": 2, "batch": 4, "width": 2, "latent": 3, "device": "cpu", "threads": 1}
FEW = ["--variance", "0.3", "--pictures", "2", "--temperatures", "3", "--chains", "2"]
VERBS = {
    "resume": ["--rounds", "3"],
    "evaluate": ["--features", "pixels", "--measures", "frechet"],
    "turing": ["--n", "4"],
    "likelihood": FEW,
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two runs of one folder of pictures, with some held out, which is called `old` and has gone to `new`."""
    home = tmp_path_factory.mktemp("trained")
    folder(home / "old", count=COUNT)
    for name in ("run", "other"):
        Session.create(home / name, "dcgan", Config(**SMALL, data=str(home / "old"), hold_out=110)).play()
    shutil.move(home / "old", home / "new")
    return home


@pytest.fixture
def moved(trained, tmp_path, monkeypatch):
    """A copy, in which the tests are."""
    for name in ("run", "other", "new"):
        shutil.copytree(trained / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_that_need_the_data_take_their_new_place(verb, moved, capsys):
    assert cli.run(verb, ["run", *VERBS[verb]]) == 2
    said = capsys.readouterr().err
    assert "the data of 'run' are not where they were (there is no folder" in said
    assert "Put them back, or give their new path: --data PATH" in said
    assert cli.run(verb, ["run", *VERBS[verb], "--data", "new"]) == 0


def test_a_tournament_too(moved, capsys):
    words = ["run", "other", "--n", "4"]
    assert cli.run("tournament", words) == 2
    assert "--data PATH" in capsys.readouterr().err
    assert cli.run("tournament", [*words, "--data", "new"]) == 0


@pytest.mark.parametrize("verb", ["turing", "likelihood", "tournament"])
def test_what_compares_with_other_data_asks_for_none(verb, moved):
    folder(moved / "fresh", count=COUNT)
    words = {"tournament": ["other", "--n", "4"], **VERBS}[verb]
    assert cli.run(verb, ["run", *words, "--against", "fresh"]) == 0


def test_resume_remembers(moved, monkeypatch, capsys):
    assert cli.run("resume", ["run", "--rounds", "3", "--data", "new"]) == 0
    monkeypatch.chdir(moved / "run")
    assert cli.run("resume", [str(moved / "run"), "--rounds", "4"]) == 0
    assert read_config(moved / "run")["config"]["data"] == str(moved / "new")


def test_a_complete_run_remembers(moved, capsys):
    before = read_config(moved / "run")
    assert cli.run("resume", ["run", "--data", "new"]) == 0
    assert "complete at round 2" in capsys.readouterr().out
    after = read_config(moved / "run")
    assert after["config"].pop("data") == str(moved / "new")
    before["config"].pop("data")
    assert after == before
    assert cli.run("evaluate", ["run", *VERBS["evaluate"]]) == 0


def test_the_same_pictures_in_a_zip(moved):
    shutil.make_archive(moved / "all", "zip", moved / "new")
    assert len(Run.open(moved / "run").at("all.zip").checked_data()) == COUNT


def test_other_data_are_refused_and_nothing_is_written(moved, capsys):
    folder(moved / "more", count=COUNT + 3)
    folder(moved / "others", count=COUNT)
    folder(moved / "wide", count=COUNT, shape=(8, 12, 3))
    before = moved.joinpath("run", "config.json").read_bytes()
    for name, differing in {
        "more": f"{COUNT} examples of shape [3, 9, 8] then, {COUNT + 3} of shape [3, 9, 8] now). Put the old data back",
        "others": f"{COUNT} examples of shape [3, 9, 8] then, {COUNT} of shape [3, 9, 8] now, but not the same ones)",
        "wide": f"{COUNT} examples of shape [3, 9, 8] then, {COUNT} of shape [3, 8, 12] now)",
    }.items():
        assert cli.run("resume", ["run", "--rounds", "3", "--data", name]) == 2
        said = capsys.readouterr().err
        assert f"the data of 'run' have changed since it began ({differing}" in said
        assert f"sparring train dcgan --data {moved / name} --from run" in said
    assert moved.joinpath("run", "config.json").read_bytes() == before


def test_more_pictures_in_the_same_place(moved, capsys):
    assert cli.run("resume", ["run", "--data", "new"]) == 0
    folder(moved / "new" / "later", count=2)
    assert cli.run("resume", ["run", "--rounds", "3"]) == 2
    assert f"then, {COUNT + 2} of shape [3, 9, 8] now). Put the old data back" in capsys.readouterr().err


def test_an_emptied_folder_is_no_place_either(moved, capsys):
    moved.joinpath("old").mkdir()
    config = Run.open(moved / "run").config
    moved.joinpath("empty").mkdir()
    assert cli.run("resume", ["run", "--rounds", "3", "--data", "empty"]) == 2
    said = capsys.readouterr().err
    assert "(there are no pictures in 'empty' (it is empty)" in said
    assert "--data PATH" in said
    assert Run.open(moved / "run").config == config


def test_a_run_without_data_of_its_own(tmp_path, capsys):
    run = tmp_path / "ring"
    config = ring.Config(rounds=2, batch=4, width=4, device="cpu")
    Session.create(run, "ring", config).play()
    assert cli.run("resume", [str(run), "--data", "elsewhere"]) == 2
    assert "reads no data from a path: leave out --data" in capsys.readouterr().err
