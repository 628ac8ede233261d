"""Every figure: its numbers agree, its texts and pictures can be read, and what stands under "in Python" runs."""

import contextlib
import io
import re
import warnings
from pathlib import Path

import pytest

from discover import modules
from sparring import figures
from sparring.figures.frame import Drawn

FOUND = {name: figures.find(name) for name in figures.names()}
QUICK = {name: figure for name, figure in FOUND.items() if figure.tier == "quick"}

LONG = 6
"""Seconds; tests of figures that take longer are slow ones."""

LATER = {"batch-norm-correlation", "discrete-estimators", "selection"}
"""Short ones for which the minute of the tests has no room: tested with the slow ones."""


def slow(figure):
    return figure.seconds > LONG or figure.name in LATER


def cases(chosen):
    return [pytest.param(f, id=n, marks=[pytest.mark.slow] if slow(f) else []) for n, f in chosen.items()]


DRAWN = {}


def drawn(figure) -> Drawn:
    """What it computes, once."""
    if figure.name not in DRAWN:
        DRAWN[figure.name] = figure.draw()
    return DRAWN[figure.name]


def test_every_module_is_a_figure():
    found = {module.__name__ for module in modules("sparring.figures")} - {"sparring.figures.frame"}
    assert {figure.make.__module__ for figure in FOUND.values()} == found
    assert {name: figure.name for name, figure in FOUND.items()} == {name: name for name in FOUND}


def test_the_quick_tier_is_quick():
    """As declared: nothing is timed here."""
    assert sum(figure.seconds for figure in QUICK.values()) < 180
    assert sum(figure.seconds for figure in QUICK.values() if not slow(figure)) <= 60


@pytest.mark.parametrize("figure", cases(QUICK))
def test_numbers_are_as_expected(figure):
    assert not [pair for pair in drawn(figure).pairs if not pair.holds]


@pytest.mark.parametrize("figure", cases(QUICK))
def test_pairs_have_names_of_their_own(figure):
    names = [pair.name for pair in drawn(figure).pairs]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 80


@pytest.mark.parametrize("figure", cases(QUICK))
def test_pictures_suit_a_phone(figure):
    """Wider ones have letters that nobody reads at 360 pixels."""
    for picture in drawn(figure).pictures:
        assert picture.width <= 480
        assert len(picture.content) < 400_000
        assert len(picture.alternative.split()) >= 5


@pytest.mark.parametrize("figure", cases(QUICK))
def test_what_is_in_python_runs(figure):
    """It computes some of the figure's numbers in about ten lines."""
    names = {}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()) as said:
        warnings.simplefilter("error")
        exec(compile(figure.python, figure.name, "exec"), names)
    known = {pair.name: pair for pair in drawn(figure).pairs}
    assert names["measured"], "the numbers by the names of their pairs"
    for name, value in names["measured"].items():
        pair = known[name]
        assert value == pair.expected or abs(value - pair.expected) <= pair.tolerance, name
    assert said.getvalue(), "it shows what it found"


@pytest.mark.parametrize("figure", FOUND.values(), ids=FOUND)
def test_a_figure_says_what_it_is(figure):
    sentences = re.split(r"(?<=[.!?])\s+", figure.text)
    assert len(sentences) == 2, "two sentences of ours"
    assert max(len(sentence.split()) for sentence in sentences) <= 25
    assert all(sentence.endswith((".", "?", "!")) for sentence in sentences)
    assert figure.title == figure.title.rstrip(".")
    assert re.search(r"report|\d{4}", figure.source), "the report, or who and when"
    assert 4 <= len([line for line in figure.python.splitlines() if line.strip()]) <= 24
    assert max(map(len, figure.python.splitlines())) <= 120


@pytest.mark.parametrize("figure", FOUND.values(), ids=FOUND)
def test_a_figure_is_short(figure):
    """Read in one go: all that computes and draws, without what it says and what is in Python."""
    source = Path(__import__("importlib").import_module(figure.make.__module__).__file__).read_text()
    code = source[: source.index("FIGURE = Figure(")]
    assert len(code.splitlines()) <= 150
