import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.nn.functional import interpolate, pad

from sparring.chance import Key
from sparring.layers.resampling import Doubled, Halved

X = Key(0).normal("x", (2, 3, 6, 4), torch.float64)


def test_inside_both_are_those_of_torch():
    """Bilinear, not aligned at the corners, and with antialiasing when it halves; torch's borders are others."""
    twice, half = Doubled().double()(X), Halved().double()(X)
    expected = interpolate(X, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(twice[:, :, 1:-1, 1:-1], expected[:, :, 1:-1, 1:-1])
    wide = pad(X, (2, 2, 2, 2))  # zeros beyond the border are what ours sees there
    expected = interpolate(wide, scale_factor=0.5, mode="bilinear", antialias=True)[:, :, 1:-1, 1:-1]
    torch.testing.assert_close(half, expected)


def test_halving_is_the_transpose_of_doubling_over_4():
    y = Key(1).normal("y", (2, 3, 12, 8), torch.float64)
    torch.testing.assert_close((Doubled().double()(X) * y).sum(), 4 * (X * Halved().double()(y)).sum())


def test_twice_differentiable():
    for layer in (Doubled().double(), Halved().double()):
        x = X.clone().requires_grad_()
        assert gradcheck(layer, x)
        assert gradgradcheck(layer, x)
