"""Entries of the cache that were changed, whose stored digest alone says that nothing is wrong."""

import json
import os

import pytest

from sparring.data import cache, seals


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """A sealed folder of two files, one of which has three chunks and a bit."""
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(seals, "CHUNK", 100)
    target = cache.home() / "prepared" / "name"
    with cache.staged(target) as folder:
        folder.joinpath("large").write_bytes(bytes(range(200)) + bytes(111))
        folder.joinpath("empty").write_bytes(b"")
        seals.seal(folder, "name")
    return target


def test_what_was_written_is_whole(entry):
    assert seals.whole(entry)
    sums = json.loads(entry.joinpath("seal.json").read_text())["sums"]
    assert {name: len(each) for name, each in sums.items()} == {"empty": 0, "large": 4}
    again = entry.rename(entry.with_name("name.2001"))
    assert seals.whole(again), "where another user has the name, the number of this one is added"


def flipped(entry, at):
    content = bytearray(entry.joinpath("large").read_bytes())
    content[at] ^= 1
    entry.joinpath("large").write_bytes(content)


CHANGES = {
    "the first byte": lambda entry: flipped(entry, 0),
    "the last byte": lambda entry: flipped(entry, 310),
    "all black": lambda entry: entry.joinpath("large").write_bytes(bytes(311)),
    "shorter": lambda entry: entry.joinpath("large").write_bytes(bytes(5)),
    "longer": lambda entry: entry.joinpath("empty").write_bytes(bytes(1)),
    "a file gone": lambda entry: entry.joinpath("empty").unlink(),
    "a file more": lambda entry: entry.joinpath("more").write_bytes(b""),
    "a folder": lambda entry: (entry.joinpath("empty").unlink(), entry.joinpath("empty").mkdir()),
    "no seal": lambda entry: entry.joinpath("seal.json").unlink(),
    "half a seal": lambda entry: entry.joinpath("seal.json").write_text('{"name": "name"'),
    "another seal": lambda entry: entry.joinpath("seal.json").write_text("[1]"),
    "seals in a seal": lambda entry: entry.joinpath("seal.json").write_text("[" * 100_000),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_not(entry, change):
    CHANGES[change](entry)
    assert not seals.whole(entry)


def test_the_entry_of_other_data_in_its_place_is_not(entry):
    """Its bytes are as they were written, by the same user, but they are others."""
    assert not seals.whole(entry.rename(entry.with_name("other")))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("part", ["", "large", "seal.json"])
def test_what_another_user_may_have_written_is_not(entry, part):
    os.chown(entry / part, 2001, -1)
    assert not seals.whole(entry)
    assert seals.broken(entry) == bool(part)
