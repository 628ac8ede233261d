"""Names as they are printed, commands as a shell takes them."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparring.machine.words import command, printable, program, quoted, rounded, shown


def test_what_cannot_be_printed_is_escaped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown("a\nb\x1b[31m\udce9ü") == "a\\nb\\x1b[31m\\udce9ü"
    assert shown(tmp_path / "run") == "run"
    assert shown("a" * 600) == "a" * 600
    assert [len(shown(letter * 10_000)) for letter in "a\0\n"] == [603, 603, 603]
    assert printable("one\ntwo\x07\r") == "one\ntwo\\x07\\r"


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=12).filter(lambda name: 0 not in name))
def test_a_shell_reads_what_was_quoted(name):
    word = quoted(os.fsdecode(name))
    assert word.isprintable()
    assert subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True).stdout == name


@pytest.mark.parametrize(
    ("called", "expected"),
    [("/a/python.py", "sparring"), ("/elsewhere/my bin/sparring", "'/elsewhere/my bin/sparring'")],
)
def test_the_program_is_called_as_it_was(called, expected, monkeypatch):
    monkeypatch.setattr(sys, "argv", [called])
    assert program() == expected


def test_a_command(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x"])
    assert command("resume", "my run") == "sparring resume 'my run'"
    assert command() == "sparring"
    assert command("resume", type(tmp_path)("-x"), "--rounds", "5") == "sparring resume ./-x --rounds 5"


def test_a_large_number_is_written_out():
    numbers = 1040.4, 999.4, 999.6, 12345.6, -1e6, 0.012345, 1e12, float("inf")
    assert [rounded(n) for n in numbers] == [
        "1,040", "999", "1,000", "12,346", "-1,000,000", "0.0123", "1e+12", "inf"
    ]  # fmt: skip
    assert [rounded(n, 4) for n in (1040.4, 999.6, 999.96)] == ["1,040", "999.6", "1,000"]


def test_a_text_that_is_no_name_is_cut_in_its_middle():
    assert shown("a" * 600) == "a" * 600
    assert shown("a" * 10**6 + "b") == "a" * 300 + "..." + "a" * 299 + "b"
