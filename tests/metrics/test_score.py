import dataclasses

import pytest
import torch

from sparring.metrics.extractors import Identity, Pixels, extract
from sparring.metrics.score import Score, better

ONE = Score(
    metric="Fréchet distance", value=3.0, low=2.5, high=3.5, interval="jackknife", extractor=Identity("pixels"),
    generated=100, real=100, data="digits, held out",
)  # fmt: skip


def test_scores_are_compared_by_their_intervals():
    worse = dataclasses.replace(ONE, value=5.0, low=4.0, high=6.0, seed=7)
    assert better(ONE, worse) is True
    assert better(worse, ONE) is False
    shares = [dataclasses.replace(score, better="higher") for score in (ONE, worse)]
    assert better(*shares) is False
    assert better(ONE, dataclasses.replace(worse, low=3.4)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("metric", "x"), ("extractor", Identity("pixels", resize="32")), ("generated", 99), ("real", 99), ("data", "x"),
     ("interval", "x"), ("dtype", "float32"), ("weights", "raw"),
     ("size", (64, 64)), ("changed", "resized"), ("better", "higher"),
     ("batch_norm", "running"), ("labels", "conditional")],
)  # fmt: skip
def test_unlike_scores_are_not_compared(field, value):
    with pytest.raises(ValueError, match=f"cannot be compared .{field}: .*measure both in the same way"):
        better(ONE, dataclasses.replace(ONE, **{field: value}))


def test_pixels_and_their_range():
    x = torch.rand(700, 1, 2, 3)
    assert torch.equal(extract(Pixels(), x), x.flatten(1))
    assert torch.equal(extract(Pixels(), 5 * x[:, 0, 0]), 5 * x[:, 0, 0])
    with pytest.raises(ValueError, match="pictures reach from 0 to 255; expected -1 to 1"):
        extract(Pixels(), torch.tensor([0.0, 255.0]).reshape(2, 1, 1, 1))
