import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from sparring import Key
from sparring.metrics import pairs
from sparring.metrics.pairs import psnr, ssim


def pictures(seed, n=2, channels=3, height=20, width=17):
    """Smooth pictures in [-1, 1]."""
    noise = Key(seed).normal("x", (n, channels, height, width), torch.float64)
    return torch.tanh(torch.nn.functional.avg_pool2d(noise, 5, 1, 2) * 3)


def noisy(x, size, seed=99):
    return (x + size * Key(seed).normal("noise", x.shape, torch.float64)).clamp(-1, 1)


def scikit_ssim(x, y, range, **options):
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, **options}
    return [
        structural_similarity(a.numpy(), b.numpy(), data_range=range, channel_axis=0, **options)
        for a, b in zip(x, y, strict=True)
    ]


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(11, 30), st.integers(11, 30), st.floats(0.01, 2))
def test_against_scikit_image(seed, channels, height, width, size):
    x = pictures(seed, 2, channels, height, width)
    y = noisy(x, size, seed)
    np.testing.assert_allclose(ssim(x, y, 2), scikit_ssim(x, y, 2), atol=1e-9)
    expected = [peak_signal_noise_ratio(a.numpy(), b.numpy(), data_range=2) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(psnr(x, y, 2), expected, rtol=1e-12)


def test_bytes_and_other_options_against_scikit_image():
    x, y = (Key(seed).integers("x", (3, 1, 24, 16), 256).to(torch.uint8) for seed in (0, 1))
    np.testing.assert_allclose(ssim(x, y, 255), scikit_ssim(x, y, 255), atol=1e-9)
    found = ssim(x, y, 255, window=7, sigma=0.8, k1=0.02, k2=0.05)
    expected = scikit_ssim(x, y, 255, sigma=0.8, K1=0.02, K2=0.05, truncate=3.5)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_against_torchmetrics():
    image = pytest.importorskip("torchmetrics.functional.image")
    x = pictures(0, 4, 3, 32, 28)
    y = noisy(x, 0.3)
    # Its own mean also counts the windows that it mirrors at the border.
    _, windows = image.structural_similarity_index_measure(
        y, x, data_range=2.0, reduction="none", return_full_image=True
    )
    np.testing.assert_allclose(ssim(x, y, 2), windows[..., 5:-5, 5:-5].mean(dim=(1, 2, 3)), atol=1e-5)
    theirs = image.peak_signal_noise_ratio(y, x, data_range=2.0, dim=(1, 2, 3), reduction="none")
    np.testing.assert_allclose(psnr(x, y, 2), theirs, rtol=1e-5)


def test_known_values():
    """Pictures a constant c apart: 20 log10(range / c). Two flat ones: (2ab + c1) / (a^2 + b^2 + c1)."""
    a, b = torch.full((2, 1, 11, 11), 0.2), torch.full((2, 1, 11, 11), 0.7)
    assert psnr(a, b, 1).tolist() == pytest.approx([20 * math.log10(2)] * 2, rel=1e-6)
    expected = (2 * 0.2 * 0.7 + 1e-4) / (0.2**2 + 0.7**2 + 1e-4)
    assert ssim(a, b, 1).tolist() == pytest.approx([expected] * 2, rel=1e-6)


def test_identical_pictures():
    x = pictures(0)
    assert psnr(x, x.clone(), 2).tolist() == [math.inf] * 2
    assert ssim(x, x.clone(), 2).tolist() == pytest.approx([1, 1], abs=1e-12)
    assert ssim(torch.zeros(1, 1, 11, 11), torch.zeros(1, 1, 11, 11), 1).tolist() == [1]


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_any_scale(size):
    x, y = pictures(0), pictures(1)
    for measure in (psnr, ssim):
        torch.testing.assert_close(measure(size * x, size * y, 2 * size), measure(x, y, 2))


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_symmetry_order_and_scale(seed):
    x, y = pictures(seed, 3), pictures(seed + 1, 3)
    for measure in (psnr, ssim):
        found = measure(x, y, 2)
        torch.testing.assert_close(measure(y, x, 2), found, rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(measure(x.flip(0), y.flip(0), 2), found.flip(0))
        torch.testing.assert_close(measure(50 * x, 50 * y, 100), found)
        torch.testing.assert_close(measure(x.mT, y.mT, 2), found)


def test_noise_lowers_both():
    x = pictures(0, 1, 3, 64, 64)
    for measure in (psnr, ssim):
        values = [measure(x, noisy(x, size), 2).item() for size in (0.0, 0.01, 0.1, 0.3, 1.0)]
        assert values == sorted(values, reverse=True)


def test_parts_do_not_matter(monkeypatch):
    x, y = pictures(0, 5), pictures(1, 5)
    whole = ssim(x, y, 2)
    monkeypatch.setattr(pairs, "PART", 2 * x[0].numel())
    torch.testing.assert_close(ssim(x, y, 2), whole, rtol=1e-14, atol=0)


@pytest.mark.parametrize("measure", [psnr, ssim])
@pytest.mark.parametrize(
    ("x", "y", "range", "message"),
    [
        (torch.zeros(2, 1, 12, 12), torch.zeros(3, 1, 12, 12), 1, "expected the same shape"),
        (torch.zeros(1, 12, 12), torch.zeros(1, 12, 12), 1, r"\[n, C, H, W\]"),
        (torch.zeros(0, 1, 12, 12), torch.zeros(0, 1, 12, 12), 1, r"\[n, C, H, W\]"),
        (torch.full((1, 1, 12, 12), torch.nan), torch.zeros(1, 1, 12, 12), 1, "NaN"),
        (torch.full((1, 1, 12, 12), 255), torch.zeros(1, 1, 12, 12), 2, "range is 2, and values span 255"),
        (torch.full((1, 1, 12, 12), 1e30), torch.zeros(1, 1, 12, 12), 1e-300, "far outside"),
        (torch.zeros(1, 1, 12, 12), torch.zeros(1, 1, 12, 12), 0, "range is 0"),
        (torch.zeros(1, 1, 12, 12), torch.zeros(1, 1, 12, 12), math.inf, "range is inf"),
        (torch.zeros(1, 1, 12, 12), torch.zeros(1, 1, 12, 12), math.nan, "range is nan"),
    ],
)
def test_refused(measure, x, y, range, message):
    with pytest.raises(ValueError, match=message):
        measure(x, y, range)


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        (10, {}, "pictures of 10 x 10 are smaller than the window of 11; expected larger ones"),
        (12, {"window": 8}, "window 8"),
        (12, {"sigma": 0}, "sigma 0"),
        (12, {"k2": 0}, "k2 0"),
    ],
)
def test_windows_refused(size, options, message):
    x = torch.zeros(1, 1, size, size)
    with pytest.raises(ValueError, match=message):
        ssim(x, x, 1, **options)
