"""A cache that several users share, or that cannot be written."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest
import torch

from made import folder
from sparring import cli
from sparring.data import cache, fetching
from sparring.data.opening import open_data

ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A cache for a group, and pictures."""
    home = tmp_path / "cache"
    home.mkdir()
    home.chmod(0o2775)
    monkeypatch.setenv("SPARRING_CACHE", str(home))
    folder(tmp_path / "a", 5)
    return home


def rights(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077, 0o777])
def test_all_of_a_group_read_and_add_and_only_the_owner_writes(shared, tmp_path, umask):
    before = os.umask(umask)
    try:
        open_data(tmp_path / "a")
    finally:
        os.umask(before)
    assert {rights(path) for path in shared.iterdir()} == {"0o2775"}
    (entry,) = (shared / "prepared").iterdir()
    assert rights(entry) == "0o2755"
    assert {rights(file) for file in entry.iterdir()} == {"0o644"}


@pytest.mark.parametrize(("home", "entry", "file"), [(0o700, "0o700", "0o600"), (0o1777, "0o755", "0o644")])
def test_the_rights_are_those_of_the_place(shared, tmp_path, home, entry, file):
    shared.chmod(home)
    open_data(tmp_path / "a")
    (made,) = (shared / "prepared").iterdir()
    assert (rights(shared / "prepared"), rights(made), rights(made / "pictures.bin")) == (oct(home), entry, file)


def given_away(path, to=2001):
    """Has a folder and all in it belong to another user."""
    for each in (path, *path.rglob("*")):
        os.chown(each, to, -1, follow_symlinks=False)


@ROOT
@pytest.mark.parametrize("name", ["prepared", "known", ""])
def test_what_another_user_put_there_is_not_used(shared, tmp_path, name):
    """He may have made it of black pictures, with a seal that fits."""
    right = open_data(tmp_path / "a").x.clone()
    np.save(tmp_path / "black.npy", np.zeros((5, 9, 8, 3), np.uint8))
    (entry,) = (shared / "prepared").iterdir()
    entry.rename(tmp_path / "put away")
    open_data(tmp_path / "black.npy")
    (black,) = (shared / "prepared").iterdir()
    for part in ("pictures.bin", "seal.json", "about.json"):
        entry.mkdir(exist_ok=True)
        entry.joinpath(part).write_bytes(
            black.joinpath(part).read_bytes().replace(black.name.encode(), entry.name.encode())
        )
    given_away(entry)
    given_away(shared / name)
    found = open_data(tmp_path / "a")
    assert torch.equal(found.x, right)
    assert cache.mine(shared / "prepared" / f"{entry.name}.0")
    before = sorted(shared.rglob("*"))
    assert torch.equal(open_data(tmp_path / "a").x, right)
    assert sorted(shared.rglob("*")) == before, "the second time its own is found"


@ROOT
def test_a_link_of_another_user_is_not_followed(shared, tmp_path):
    right = open_data(tmp_path / "a").x.clone()
    (entry,) = (shared / "prepared").iterdir()
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    os.chown(entry, 2001, -1, follow_symlinks=False)
    assert torch.equal(open_data(tmp_path / "a").x, right)
    assert entry.is_symlink()


def test_a_note_of_other_data_is_not_read(shared):
    """In a folder that others may write to they may rename what they may not write."""
    one, other = shared / "known" / "1", shared / "known" / "2"
    cache.note(one, "entry")
    assert cache.noted(one) == "entry"
    one.rename(other)
    assert cache.noted(one) == cache.noted(other) == ""


@ROOT
def test_sets_of_other_users_are_fetched_again(shared):
    there = shared / "sets" / "mnist"
    there.mkdir(parents=True)
    assert fetching.find("mnist") == there
    given_away(there)
    assert fetching.find("mnist") is None
    own = there.with_name("mnist.0")
    own.mkdir()
    assert fetching.find("mnist") == own


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "there is no home folder for the cache: set SPARRING_CACHE to a folder"),
        ({"HOME": "/proc"}, "the cache '/proc/.cache/sparring' cannot be written"),
        ({"SPARRING_CACHE": "/proc/cache"}, "set SPARRING_CACHE to another folder"),
        ({"XDG_CACHE_HOME": "/dev/null"}, "set SPARRING_CACHE to another folder"),
    ],
)
def test_no_place_for_it_is_one_line(tmp_path, monkeypatch, capsys, environment, words):
    folder(tmp_path / "a", 3)
    for name in ("SPARRING_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])  # a user without a name
    assert cli.run("data", ["report", str(tmp_path / "a")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err


def test_what_is_there_is_read_where_nothing_can_be_written(shared, tmp_path, monkeypatch):
    right = open_data(tmp_path / "a").x.clone()

    def read_only(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", read_only)
    monkeypatch.setattr("tempfile.mkdtemp", read_only)
    assert torch.equal(open_data(tmp_path / "a").x, right)
    Path(tmp_path / "a" / "more.png").write_bytes(Path(tmp_path / "a" / "00.png").read_bytes())
    with pytest.raises(
        OSError, match=r"cannot be written \(Read-only file system\): make it writable or set SPARRING_"
    ):
        open_data(tmp_path / "a")


@pytest.mark.parametrize("number", [5, 27, 28, 30, 122])
def test_a_disk_that_fails_is_explained(shared, number):
    with (
        pytest.raises(OSError, match=r"the cache .* cannot be written: .* set SPARRING_CACHE to another folder"),
        cache.staged(shared / "x"),
    ):
        raise OSError(number, os.strerror(number))
    assert not list(shared.iterdir())
