"""What `--help` and errors of the parser say of types."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
import tyro

from sparring.cli.options import parsed


@dataclass(frozen=True)
class Inner:
    size: tuple[int, ...] | None = None
    """A size."""


@dataclass(frozen=True)
class Outer:
    path: Annotated[str, tyro.conf.Positional]
    inner: Inner
    n: int | None = None
    """A number."""
    rate: float = 0.5
    kind: Literal["a", "b"] | None = None
    several: tuple[Literal["c", "d"], ...] = ()
    flag: bool = False


def read(*words):
    return parsed(Outer, ["here", *words], "made")


def said(capsys, *words):
    with pytest.raises(SystemExit) as end:
        read(*words)
    out, err = capsys.readouterr()
    assert end.value.code == (2 if err else 0)
    return " ".join(re.sub("[│╭╮╰╯─]", " ", out + err).split())


def test_help_names_types_plainly(capsys):
    text = said(capsys, "--help")
    assert "--n INT A number. (default: unset)" in text
    assert "--rate FLOAT (default: 0.5)" in text
    assert "--kind {a,b} (default: unset)" in text
    assert "--size INT ... A size. (default: unset)" in text
    assert "--several {c,d} ... (default: unset)" in text
    assert "None" not in text
    assert "--no-flag" not in text


def test_values_are_read():
    assert read() == Outer("here", Inner())
    found = read("--n", "3", "--size", "4", "5", "--rate", "1", "--kind", "b", "--several", "c", "d", "--flag")
    assert found == Outer("here", Inner((4, 5)), 3, 1.0, "b", ("c", "d"), flag=True)
    assert type(found.rate) is float
    nothing = read("--n", "None", "--size", "None", "--kind", "None")
    assert nothing == Outer("here", Inner())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--size big", "--size: got 'big'; expected a whole number, such as 64"),
        ("--size 64 big", "--size: got 'big'; expected a whole number"),
        ("--n 2.5", "--n: got '2.5'; expected a whole number"),
        ("--rate fast", "--rate: got 'fast'; expected a number, such as 0.5"),
    ],
)
def test_a_wrong_number_is_told_so(capsys, words, message):
    assert message in said(capsys, *words.split())


@pytest.mark.parametrize("words", ["--kind c", "--several c e"])
def test_a_wrong_choice_ends(capsys, words):
    assert "invalid choice" in said(capsys, *words.split())
