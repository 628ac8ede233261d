import dataclasses
import json
import math

import pytest
import torch

from sparring import Key
from sparring.data.embedded import fashion_mnist
from sparring.evaluation.measures import Line, compared
from sparring.evaluation.verdict import FEW, outcome, verdict
from sparring.kinds.drawing import from_bytes
from sparring.kinds.pictures import Pictures
from sparring.metrics.extractors import Identity, ShippedClassifier, extract
from sparring.metrics.score import Score


def score(value, low, high, better="lower", n=FEW, metric="d"):
    return Score(metric=metric, value=value, low=low, high=high, interval="made up", extractor=Identity("x"),
                 generated=n, real=n, data="made up", better=better)  # fmt: skip


def line(value, floor, better="lower", width=0.1, **about):
    """A figure and its floor, both with the interval of a width."""
    ours, theirs = (score(v, v - width, v + width, better, **about) for v in (value, floor))
    return Line(ours, theirs)


@pytest.mark.parametrize(
    ("value", "floor", "better", "found"),
    [
        (1.0, 1.0, "lower", "same"),
        (0.2, 1.0, "lower", "same"),  # on the better side
        (1.19, 1.0, "lower", "same"),  # the intervals meet
        (1.21, 1.0, "lower", "close"),
        (2.0, 1.0, "lower", "close"),
        (2.01, 1.0, "lower", "far"),
        (0.15, 0.05, "lower", "same"),
        (9.0, 0.05, "lower", "different"),  # twice nearly nothing is nearly nothing
        (9.0, -0.05, "lower", "different"),
        (0.8, 0.8, "higher", "same"),
        (0.99, 0.8, "higher", "same"),
        (0.61, 0.8, "higher", "same"),
        (0.59, 0.8, "higher", "close"),
        (0.4, 0.8, "higher", "close"),
        (0.39, 0.8, "higher", "far"),
        (0.0, 0.8, "higher", "far"),
        (math.nan, 0.8, "higher", "unknown"),
        (0.5, math.inf, "lower", "unknown"),
    ],
)
def test_one_figure(value, floor, better, found):
    assert outcome(line(value, floor, better)) == found


def test_a_value_outside_of_its_own_interval_counts_too():
    """A jackknife's interval need not hold the value."""
    assert outcome(Line(score(1.0, 1.5, 1.7), score(1.0, 0.9, 1.1))) == "same"


GOOD, SHARE = line(1.0, 1.0), line(0.8, 0.8, "higher", metric="precision")


def test_all_are_the_same():
    found = verdict([GOOD, SHARE])
    assert found.outcome == "same"
    assert found.words == "Not distinguishable from real examples at this number of samples (500)."


@pytest.mark.parametrize("worst", [line(1.9, 1.0, metric="w"), line(0.45, 0.8, "higher", metric="w")])
def test_the_worst_figure_decides(worst):
    found = verdict([GOOD, worst, SHARE])
    assert (found.outcome, found.figure) == ("close", "w")
    assert found.words.startswith("Close to real examples at this number of samples (500). ")


@pytest.mark.parametrize("worst", [line(3.9, 1.0, metric="w"), line(0.05, 0.8, "higher", metric="w")])
def test_far_names_the_figure(worst):
    found = verdict([line(1.5, 1.0), worst, SHARE])
    assert (found.outcome, found.figure) == ("far", "w")
    numbers = f"w is {worst.score.value:.3g}, and {worst.floor.value:.3g} for real ones"
    assert found.words == f"Far from real examples: {numbers}."


def test_the_farthest_of_several_is_named():
    lines = [line(3.0, 1.0, metric="a"), line(0.1, 0.8, "higher", metric="b"), line(4.0, 1.0, metric="c")]
    assert verdict(lines).figure == "b"
    assert verdict([*lines, line(0.0, 0.8, "higher", metric="none")]).figure == "none"


def test_how_far_an_unbiased_distance_is_cannot_be_said():
    unbiased = line(9.0, 0.0, metric="kernel")
    assert verdict([unbiased]).outcome == "different"
    assert "How far is unknown" in verdict([unbiased]).words
    assert verdict([unbiased, GOOD]).outcome == "close", "another figure says it"
    assert verdict([unbiased, line(9.0, 1.0)]).outcome == "far"


@pytest.mark.parametrize("lines", [[GOOD], [line(1.5, 1.0)], [line(9.0, 0.0)]])
def test_doubts_leave_it_open(lines):
    found = verdict(lines, ["Pixels mislead."])
    assert found.outcome == "unknown"
    assert found.words == "Unknown how close these samples are to real examples: Pixels mislead."
    assert found.doubts == ("Pixels mislead.",)


def test_what_is_far_is_far_in_spite_of_doubts():
    found = verdict([line(9.0, 1.0)], ["Pixels mislead."])
    assert (found.outcome, found.doubts) == ("far", ("Pixels mislead.",))


def test_too_few_samples():
    few = [line(1.0, 1.0, n=FEW - 1)]
    assert verdict(few).outcome == "unknown"
    assert "With 499 samples only large differences show" in verdict(few).words
    assert verdict([line(9.0, 1.0, n=FEW - 1)]).outcome == "far"


def test_what_is_close_is_far_at_more_samples():
    """A biased distance of real examples falls as their number grows. So the number stands in the words."""
    found = {}
    for n in (FEW, 3000):
        real, generated, other = (Key(0).normal(name, (n, 32)) for name in ("r", "g", "o"))
        about = {"extractor": Identity("x"), "data": "made up"}
        found[n] = verdict(compared(real, generated + 0.12, other, ["frechet"], **about).lines)
    assert [each.outcome for each in found.values()] == ["close", "far"]
    assert "at this number of samples (500)" in found[FEW].words


@pytest.mark.parametrize("lines", [[], [line(1.0, math.nan)]])
def test_without_a_floor_nothing_can_be_said(lines):
    assert verdict(lines).outcome == "unknown"
    assert "no figure of real examples" in verdict(lines).words


def test_json():
    found = verdict([GOOD], ["Why not."])
    assert json.loads(json.dumps(found.json())) == {**dataclasses.asdict(found), "doubts": ["Why not."]}


@pytest.mark.parametrize(("sets", "outside"), [(4, 0), pytest.param(20, 5, marks=pytest.mark.slow)])
def test_real_pictures_are_not_told_from_real_ones(sets, outside):
    """Were only the floor's interval looked at, they would be more often: see the module."""
    x = from_bytes(torch.cat([fashion_mnist().x, fashion_mnist("held_out").x]))
    found, beyond = [], 0
    for seed in range(sets):
        index = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))[: 3 * FEW]
        parts = torch.split(extract(ShippedClassifier(), x[index]), FEW)
        about = {"extractor": ShippedClassifier().identity, "data": "garments"}
        lines = compared(*parts, Pictures.measures, **about).lines
        found.append(verdict(lines).outcome)
        values = [dataclasses.replace(one.score, low=one.score.value, high=one.score.value) for one in lines]
        beyond += verdict([Line(v, one.floor) for v, one in zip(values, lines, strict=True)]).outcome != "same"
    assert found == ["same"] * sets
    assert beyond >= outside
