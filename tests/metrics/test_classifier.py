from importlib.resources import files

import pytest
import torch

from sparring.data.embedded import fashion_mnist
from sparring.kinds.drawing import from_bytes
from sparring.metrics import classifier as module
from sparring.metrics.classifier import classifier, features


def weights():
    return files("sparring.metrics").joinpath("classifier.safetensors").read_bytes()


def test_the_weights_are_small():
    assert len(weights()) < 3_000_000


def test_garments_are_recognised():
    """These are of Fashion-MNIST's training set, and 914 were trained on: this finds broken weights, no more."""
    data = fashion_mnist("held_out")
    logits = classifier()(from_bytes(data.x))
    assert logits.shape == (1000, 20)
    assert ((logits.argmax(1) - 10) == data.y).double().mean() > 0.92


def test_evaluation_mode_and_frozen():
    network = classifier()
    assert not any(module.training for module in network.modules())
    assert not any(p.requires_grad for p in network.parameters())


def test_features():
    x = from_bytes(fashion_mnist("held_out").x[:300])
    found = features(x)
    assert found.shape == (300, 128)
    assert torch.equal(found, features(x))
    torch.testing.assert_close(features(x[290:]), found[290:])
    torch.testing.assert_close(features(x.double()), found)
    network = classifier()
    torch.testing.assert_close(found @ network.head.weight.T + network.head.bias, network(x), rtol=1e-4, atol=1e-4)


def test_no_feature_is_constant():
    assert (features(from_bytes(fashion_mnist("held_out").x)).std(0) > 0).all()


@pytest.mark.parametrize(
    ("pictures", "match"),
    [
        (torch.zeros(2, 3, 28, 28), r"\[2, 3, 28, 28\]; expected \[n, 1, 28, 28\]"),
        (torch.zeros(2, 1, 32, 32), r"\[2, 1, 32, 32\]; expected \[n, 1, 28, 28\]"),
        (torch.zeros(28, 28), r"\[28, 28\]; expected \[n, 1, 28, 28\]"),
        (torch.zeros(0, 1, 28, 28), r"from none to none; expected"),
        (torch.zeros(2, 1, 28, 28, dtype=torch.uint8), r"torch.uint8 from 0 to 0; expected.*from_bytes"),
        (torch.full((2, 1, 28, 28), 255.0), r"from 255 to 255; expected.*\[-1, 1\]"),
        (torch.full((2, 1, 28, 28), torch.nan), r"from nan to nan; expected"),
    ],
)
def test_bad_input(pictures, match):
    with pytest.raises(ValueError, match=match):
        features(pictures)


def test_changed_weights_are_refused(monkeypatch):
    monkeypatch.setattr(module, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match=r"expected 0000.*install sparring again"):
        classifier()
