from functools import partial

import pytest
import torch
from torch.nn.functional import interpolate

from sparring import Key
from sparring.data.embedded import fashion_mnist
from sparring.evaluation import measures
from sparring.evaluation.measures import MEASURES, Own, _wasserstein, doubt, evaluate, quick, suited
from sparring.kinds.drawing import from_bytes
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points
from sparring.metrics.extractors import Pixels, ShippedClassifier, extract
from sparring.metrics.manifold import manifold
from sparring.metrics.wasserstein import sliced_wasserstein

USUAL = Pictures.measures


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
    same, worse = (evaluate(real, x, other, extractor, USUAL, **about).lines for x in (good, noisy))
    usual = [MEASURES[name].title for name in USUAL]
    assert [line.score.metric for line in same] == usual
    a, b = values(same), values(worse)
    for metric in set(usual) - {"recall"}:  # noise makes balls of generated samples large, which flatters it
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
    found = values(evaluate(real, few.clamp(-1, 1), other, ShippedClassifier(), USUAL, data="garments").lines)
    assert found["precision"] > 0.5
    assert found["recall"] < 0.2
    assert found["coverage"] < 0.2


def test_counts_must_agree(garments):
    real, good, other = garments
    with pytest.raises(ValueError, match="expected the same number of each, 100 or more"):
        evaluate(real, good[:200], other, Pixels(), USUAL, data="x")
    with pytest.raises(ValueError, match="expected the same number of each, 100 or more"):
        evaluate(real[:99], good[:99], other[:99], Pixels(), USUAL, data="x")


def test_points_have_figures_of_their_own():
    real, good, other = (Key(0).normal(name, (200, 2)) for name in ("real", "good", "other"))
    lines = evaluate(real, good + 1, other, suited(Points(), (2,)), Points.measures, data="points").lines
    assert [line.score.metric for line in lines][:2] == ["sliced Wasserstein distance", "Wasserstein distance"]
    assert lines[1].score.value == pytest.approx(2**0.5, abs=0.3)
    assert lines[1].score.low > lines[1].floor.high


def test_measures_by_name(garments):
    real, good, other = garments
    lines = evaluate(real, good, other, ShippedClassifier(), ["density", "sliced"], data="x").lines
    assert [line.score.metric for line in lines] == ["density", "sliced Wasserstein distance"]
    with pytest.raises(ValueError, match="got 300 generated samples; expected at least 512"):
        evaluate(real, good, other, ShippedClassifier(), ["frechet-infinity"], data="x")
    with pytest.raises(ValueError, match="no measure 'fid'; there are frechet, "):
        evaluate(real, good, other, Pixels(), ["fid"], data="x")


def test_intervals_of_wasserstein_distances_are_as_wide_as_chance_makes_them():
    """Half their width over 2.26 (Student's t) against the standard deviation over 60 pairs of sets."""
    metric = partial(sliced_wasserstein, projections=50)
    draws = [[Key(seed).normal(name, (200, 2)) for name in ("x", "y")] for seed in range(60)]
    found = [_wasserstein(metric, x, y + 1) for x, y in draws]
    spread = torch.tensor([one.value for one in found]).std().item()
    claimed = torch.tensor([(one.high - one.low) / 2 / 2.26 for one in found]).mean().item()
    assert 0.7 < claimed / spread < 1.4


def test_a_quick_figure(garments):
    real, good, _ = garments
    measure = quick(Pictures(), real)
    assert list(measure(good)) == ["held out/kernel distance"]
    assert measure(good)["held out/kernel distance"] < measure(1.5 * good.flip(2))["held out/kernel distance"]
    points = Key(0).normal("x", (50, 2))
    assert quick(Points(), points)(points) == {"held out/sliced Wasserstein": 0.0}


def blobs(n, seed):
    """Smooth colour pictures [n, 3, 32, 32]."""
    coarse = torch.rand(n, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    return 1.4 * interpolate(coarse, (32, 32), mode="bicubic") - 0.7


def test_pixels_take_blobs_for_textured_pictures_and_features_do_not():
    """Why colour pictures are not compared by pixels."""
    texture = 0.08 * (torch.arange(32)[:, None] + torch.arange(32)).remainder(2).mul(2).sub(1)
    real, other, smooth = (x.clamp(-1, 1) for x in (blobs(40, 0) + texture, blobs(40, 1) + texture, blobs(40, 2)))
    extractor = suited(Pictures(), (3, 32, 32))
    assert extractor.identity.name == "EffLite0-320"
    by_pixels, by_features = (
        [manifold(extract(make, real), extract(make, part)).precision for part in (other, smooth)]
        for make in (Own(Pictures()), extractor)
    )
    assert by_pixels[1] > by_pixels[0] - 0.1
    assert by_features[0] > 0.7
    assert by_features[1] == 0


def test_without_the_extra_pixels_are_compared_and_doubted(monkeypatch):
    kind, shape = Pictures(), (3, 32, 32)
    assert doubt(kind, shape, suited(kind, shape)) == ""
    assert doubt(kind, shape, Own(kind)).endswith("Better: --features efflite0-320.")
    monkeypatch.setattr(measures, "available", lambda: False)
    assert suited(kind, shape) == Own(kind)
    assert "pip install 'sparring[metrics]'" in doubt(kind, shape, Own(kind))
    assert doubt(kind, (4, 32, 32), Own(kind)) == kind.misleads, "no network takes alpha"
    assert doubt(Points(), (2,), Own(Points())) == ""
    assert suited(kind, (1, 28, 28)) == ShippedClassifier()


def test_a_quick_figure_is_the_same_whatever_is_installed(monkeypatch):
    x = Key(0).uniform("x", (120, 3, 8, 8))
    measured = []
    for there in (True, False):
        monkeypatch.setattr(measures, "available", lambda there=there: there)
        measured.append(quick(Pictures(), x[:60])(x[60:]))
    assert measured[0] == measured[1]


def test_each_figure_says_which_way_is_better(garments):
    real, good, other = garments
    lines = evaluate(real, good, other, ShippedClassifier(), USUAL, data="x").lines
    for line in lines:
        assert (line.score.better == "lower") == ("distance" in line.score.metric)
        assert line.floor.better == line.score.better
