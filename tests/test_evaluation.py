import pytest
import torch

from sparring.data.embedded import fashion_mnist
from sparring.evaluation import MEASURES, evaluate
from sparring.metrics.extractors import Pixels, ShippedClassifier
from sparring.pictures import from_bytes


@pytest.fixture(scope="module")
def garments():
    """Three sets of 300 real pictures, one of each class in turn."""
    x = from_bytes(fashion_mnist().x)[torch.randperm(10_000, generator=torch.Generator().manual_seed(0))]
    return x[:300], x[300:600], x[600:900]


def values(lines):
    return {line.score.metric: line.score.value for line in lines}


@pytest.mark.parametrize("extractor", [Pixels(), ShippedClassifier()])
def test_worse_pictures_get_worse_figures_and_real_ones_the_floor(garments, extractor):
    real, good, other = garments
    about = {"data": "garments"}
    noisy = (good + 0.7 * torch.randn(good.shape, generator=torch.Generator().manual_seed(1))).clamp(-1, 1)
    same, worse = (evaluate(real, x, other, extractor, **about) for x in (good, noisy))
    assert [line.score.metric for line in same] == list(MEASURES)
    a, b = values(same), values(worse)
    for metric in MEASURES.keys() - {"recall"}:  # noise makes balls of generated samples large, which flatters it
        assert (a[metric] < b[metric]) == ("distance" in metric), metric
    for line in same:  # real against real is no worse than the floor, whose interval it meets
        assert line.score.low <= line.floor.high
        assert line.floor.low <= line.score.high
        assert line.score.low <= line.score.value <= line.score.high
        assert line.score.extractor == extractor.identity
    assert worse[0].score.low > same[0].floor.high


def test_collapse_is_seen_in_recall_and_coverage(garments):
    real, good, other = garments
    few = good[:5].repeat(60, 1, 1, 1) + 1e-3 * torch.randn(300, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    found = values(evaluate(real, few.clamp(-1, 1), other, ShippedClassifier(), data="garments"))
    assert found["precision"] > 0.5
    assert found["recall"] < 0.2
    assert found["coverage"] < 0.2


def test_counts_must_agree(garments):
    real, good, other = garments
    with pytest.raises(ValueError, match="expected as many of each, 100 or more"):
        evaluate(real, good[:200], other, Pixels(), data="x")
    with pytest.raises(ValueError, match="expected as many of each, 100 or more"):
        evaluate(real[:99], good[:99], other[:99], Pixels(), data="x")
