"""The cache, listed and cleared: what is of others stays."""

import json
import os
import shutil

import pytest

from made import folder
from sparring import cli
from sparring.cli.data import next_steps
from sparring.data import cached
from sparring.data.named import NAMED
from sparring.data.opening import open_data
from sparring.data.sets import SETS


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A cache with a set, a download that was interrupted, prepared pictures, and files of somebody else."""
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "photos", count=5)
    open_data("photos")
    for place in (
        "sets/mnist/train",
        "downloads/openmoji/half.part",
        "sets/mine/precious",
        "known.txt",
        "prepared/own",
    ):
        file = tmp_path / "cache" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(1000))
    return tmp_path / "cache"


def test_it_is_listed(home, capsys):
    assert cli.run("data", ["cache"]) == 0
    said = capsys.readouterr().out
    for words in ("set       mnist", "download  openmoji", "pictures  5 of 9 x 8 from ", "photos", str(home)):
        assert words in said
    assert "mine" not in said
    assert cli.run("data", ["cache", "--json"]) == 0
    rows = {row["kind"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == {"set", "pictures", "download", "index"}
    assert rows["set"]["bytes"] == 1000


def test_the_last_use_is_known(home):
    (entry,) = [entry for entry in cached.found() if entry.kind == "pictures"]
    os.utime(entry.path, (1e9, 1e9))
    open_data("photos")
    (again,) = [entry for entry in cached.found() if entry.kind == "pictures"]
    assert again.used > 1.7e9


def test_it_is_cleared_and_what_is_of_others_stays(home, capsys):
    assert cli.run("data", ["cache", "--clear", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "Removed; " in said
    assert said.splitlines()[-2].split(" in ")[0] == said.splitlines()[-1].removeprefix("Removed; ").split(" freed")[0]
    left = {str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()}
    assert left == {"sets/mine/precious", "known.txt", "prepared/own"}
    assert cli.run("data", ["cache"]) == 0
    assert capsys.readouterr().out == f"0 B in {home}\n"
    assert len(open_data("photos")) == 5


def test_what_cannot_be_removed_keeps_nothing_else(home, monkeypatch, capsys):
    remove = shutil.rmtree

    def careful(path):
        if path.name == "mnist":
            raise PermissionError(13, "Permission denied", str(path))
        remove(path)

    monkeypatch.setattr(shutil, "rmtree", careful)
    assert cli.run("data", ["cache", "--clear", "--yes"]) == 2
    (left,) = cached.found()
    assert f"1 of 4 entries cannot be removed, '{left.path}' first (Permission denied): ask" in capsys.readouterr().err


def test_sets_are_kept_on_demand(home):
    assert cli.run("data", ["cache", "--clear", "--keep-sets", "--yes"]) == 0
    assert [entry.kind for entry in cached.found()] == ["set"]


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 4), ("", 4)])
def test_it_asks(home, monkeypatch, answer, left):
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert cli.run("data", ["cache", "--clear"]) == 0
    assert len(cached.found()) == left


def test_nobody_is_there_to_ask(home, monkeypatch, capsys):
    def nobody(_):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert cli.run("data", ["cache", "--clear"]) == 2
    assert "give --yes to remove" in capsys.readouterr().err
    assert len(cached.found()) == 4


@pytest.mark.parametrize("name", SETS)
def test_get_ends_with_what_to_do_next(name):
    said = "\n".join(next_steps(name))
    opened = [each for each, named in NAMED.items() if named.fetched == name]
    assert all(each in said for each in opened)
    assert ("sparring train" in said) == bool(opened)
