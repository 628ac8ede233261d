import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from sparring import Key
from sparring.data.digits import stacked
from sparring.metrics.stacked import MNIST_DIGITS, stacked_floor, stacked_modes

SHARES = np.array(MNIST_DIGITS) / 70_000


def test_the_digits_are_all_of_mnist():
    assert sum(MNIST_DIGITS) == 70_000
    assert 3 * entropy(SHARES, np.full(10, 0.1)) == pytest.approx(0.0043, abs=5e-5)


def test_against_numpy():
    classes = Key(0).integers("digit", (5000, 3), 8)
    counts = np.histogramdd(classes.numpy(), bins=10, range=[(-0.5, 9.5)] * 3)[0]
    product = np.einsum("a,b,c->abc", SHARES, SHARES, SHARES)
    found = stacked_modes(classes)
    assert found.covered == 512 == (counts > 0).sum()
    assert found.kl_uniform == pytest.approx(entropy(counts.ravel(), np.full(1000, 1e-3)))
    assert found.kl_product == pytest.approx(entropy(counts.ravel(), product.ravel()))
    assert stacked_modes(classes.flip(0).to(torch.uint8)) == found


def test_extremes():
    every = torch.cartesian_prod(*[torch.arange(10)] * 3)
    assert stacked_modes(every).covered == 1000
    assert stacked_modes(every).kl_uniform == pytest.approx(0, abs=1e-12)
    assert stacked_modes(every, [1] * 10).kl_product == pytest.approx(0, abs=1e-12)
    one = stacked_modes(torch.tensor([[1, 2, 3]]))
    assert (one.covered, one.kl_uniform) == (1, pytest.approx(math.log(1000)))
    assert one.kl_product == pytest.approx(-np.log(SHARES[[1, 2, 3]]).sum())


def test_the_labels_of_the_data_are_its_triples():
    """A perfect generator's classes, read from the labels of the data set itself."""
    digits = torch.repeat_interleave(torch.arange(10), torch.tensor(MNIST_DIGITS))
    data = stacked(torch.zeros(70_000, 1, 1, 1, dtype=torch.uint8), digits, 26_000)
    classes = torch.stack([data.y // 100, data.y // 10 % 10, data.y % 10], dim=1)
    found, floor = stacked_modes(classes), stacked_floor(26_000)
    assert found.covered == 1000
    assert abs(found.kl_uniform - floor.kl_uniform.mean) < 4 * floor.kl_uniform.sd
    assert abs(found.kl_product - floor.kl_product.mean) < 4 * floor.kl_product.sd


@pytest.mark.parametrize(("n", "uniform"), [(10_000, 0.055), (26_000, 0.0237)])
def test_floors(n, uniform):
    """Those measured before, and by expansion: 999 / 2n + (sum 1/q - 1) / 12 n^2 (Harris 1975), plus the imbalance."""
    floor = stacked_floor(n, seeds=range(30))
    product = 999 / (2 * n) + ((1 / SHARES).sum() ** 3 - 1) / (12 * n * n)
    error = floor.kl_product.sd / math.sqrt(30)
    assert floor.kl_product.mean == pytest.approx(product, abs=4 * error)
    assert floor.kl_uniform.mean == pytest.approx(product + 3 * entropy(SHARES, np.full(10, 0.1)), abs=4 * error)
    assert floor.kl_uniform.mean == pytest.approx(uniform, abs=8e-4)
    assert floor.kl_product.sd == pytest.approx(math.sqrt(2 * 999) / (2 * n), rel=0.5)
    assert floor.covered.mean > 999.5


@pytest.mark.parametrize(
    ("classes", "digits", "message"),
    [
        (torch.zeros(5, 2, dtype=torch.long), MNIST_DIGITS, r"shape \[5, 2\]; expected integers \[n, 3\]"),
        (torch.zeros(0, 3, dtype=torch.long), MNIST_DIGITS, r"\[0, 3\]"),
        (torch.zeros(5, 3), MNIST_DIGITS, "torch.float32"),
        (torch.full((5, 3), 10), MNIST_DIGITS, "classes go from 10 to 10; expected digits"),
        (torch.full((5, 3), -1), MNIST_DIGITS, "from -1"),
        (torch.zeros(5, 3, dtype=torch.long), [1] * 9, "got 9 frequencies"),
        (torch.zeros(5, 3, dtype=torch.long), [0] * 10, "positive numbers"),
    ],
)
def test_refused(classes, digits, message):
    with pytest.raises(ValueError, match=message):
        stacked_modes(classes, digits)


def test_floors_refused():
    with pytest.raises(ValueError, match="n of 1 or more"):
        stacked_floor(0)
    with pytest.raises(ValueError, match="2 or more"):
        stacked_floor(5, seeds=[3])
