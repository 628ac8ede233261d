import os
import stat
from pathlib import Path

import pytest

from own_recipes import write
from sparring.runs.own import source, trust


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "sparring"


@pytest.fixture
def mine(tmp_path):
    return source.read(write(tmp_path / "mine"))


def test_nothing_is_known_before_it_is_added(state, mine, tmp_path):
    assert not trust.knows(mine)
    assert not state.exists(), "looking writes nothing"
    before = os.umask(0)
    try:
        trust.add(mine)
    finally:
        os.umask(before)
    assert trust.knows(mine)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / "recipes").stat().st_mode) == 0o600
    assert not trust.knows(source.read(write(tmp_path / "mine", helper="WIDTH = 5")))
    trust.add(mine)
    assert len((state / "recipes").read_text().splitlines()) == 1
    trust.add(source.read(write(tmp_path / "a\n\tb", name="x\ny.py")))
    assert len((state / "recipes").read_text().splitlines()) == 2


def test_a_list_that_somebody_has_edited_goes_on(state, mine, tmp_path):
    trust.add(mine)
    other = source.read(write(tmp_path / "other", name="ours.py"))
    (state / "recipes").write_text((state / "recipes").read_text().rstrip())
    trust.add(other)
    assert trust.knows(mine)
    assert trust.knows(other)


def test_part_of_a_digest_is_none(state, mine):
    trust.add(mine)
    for line in ("", " ", mine.sha256[:20], f"#{mine.sha256}", f"x {mine.sha256}"):
        (state / "recipes").write_text(f"{line}\n")
        assert not trust.knows(mine)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777])
@pytest.mark.parametrize("which", ["recipes", "."])
def test_what_others_can_write_does_not_count(state, mine, mode, which):
    trust.add(mine)
    (state / which).chmod(mode | (0o100 if which == "." else 0))
    with pytest.raises(PermissionError, match=r"can be written by others .*was not read.*--recipe"):
        trust.knows(mine)
    with pytest.raises(PermissionError):
        trust.add(mine)


def test_a_list_of_another_user_does_not_count(state, mine, monkeypatch):
    trust.add(mine)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(PermissionError, match="belongs to another user"):
        trust.knows(mine)


def test_a_link_does_not_count(state, mine, tmp_path):
    trust.add(mine)
    (state / "recipes").rename(tmp_path / "list")
    (state / "recipes").symlink_to(tmp_path / "list")
    with pytest.raises(PermissionError, match="is a link"):
        trust.knows(mine)
    state.rename(tmp_path / "moved")
    state.symlink_to(tmp_path / "moved")
    with pytest.raises(PermissionError, match="is a link"):
        trust.knows(mine)


def test_a_folder_or_a_pipe_does_not_count(state, mine):
    state.mkdir(parents=True, mode=0o700)
    os.mkfifo(state / "recipes", 0o600)
    with pytest.raises(PermissionError, match="of a wrong kind"):
        trust.knows(mine)


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for relative in ("", "here", "./here"):
        monkeypatch.setenv("XDG_STATE_HOME", relative)
        assert trust.place() == tmp_path / ".local" / "state" / "sparring" / "recipes", "never in the current folder"
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    with pytest.raises(OSError, match="set XDG_STATE_HOME"):
        trust.place()
