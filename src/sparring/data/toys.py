"""Toy points with known densities, each a pure function of its arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.kinds.points import Points

__all__ = [
    "FRESH",
    "GRID_STD",
    "MODES",
    "RING_STD",
    "TOYS",
    "gaussians",
    "grid",
    "grid_modes",
    "parallel_lines",
    "ring",
    "ring_modes",
    "swiss_roll",
    "toy",
]

RING_STD = 0.01
GRID_STD = 0.05

TWO_MODES = ((-3.0, 0.0), (3.0, 0.0))


def ring_modes(modes: int = 8) -> Tensor:
    """The centres of the ring, [modes, 2]: equally spaced on the unit circle, the first at (1, 0)."""
    if modes < 1:
        raise ValueError(f"asked for {modes} modes; expected 1 or more")
    angles = 2.0 * math.pi * torch.arange(modes, dtype=torch.float64) / modes
    return torch.stack([angles.cos(), angles.sin()], dim=1).float()


def ring(n: int = 100_000, *, modes: int = 8, std: float = RING_STD, seed: int = 0) -> Tensor:
    """`n` points [n, 2] of a ring of Gaussians.

    The defaults are the protocol of PacGAN (Lin et al. 2018, https://arxiv.org/abs/1712.04086): 8 modes of standard
    deviation .01, 100,000 points drawn once. The code of WGAN-GP has the same ring enlarged, `ring() * 2 / 1.414`.
    """
    return _mixture(Key(seed, ("ring",)), n, ring_modes(modes), std)


def grid_modes() -> Tensor:
    """The centres of the grid, [25, 2]: {-4, -2, 0, 2, 4} squared, the second coordinate running fastest."""
    side = torch.arange(-4.0, 5.0, 2.0)
    return torch.cartesian_prod(side, side)


def grid(n: int = 100_000, *, std: float = GRID_STD, seed: int = 0) -> Tensor:
    """`n` points [n, 2] of 25 Gaussians on a square grid.

    The defaults are the protocol of PacGAN (Lin et al. 2018, https://arxiv.org/abs/1712.04086): standard deviation .05,
    100,000 points drawn once. The code of WGAN-GP has the same grid in other units, `grid() / 2.828`.
    """
    return _mixture(Key(seed, ("grid",)), n, grid_modes(), std)


def gaussians(
    n: int = 100_000,
    means: Tensor | Sequence[Sequence[float]] = TWO_MODES,
    *,
    stds: float | Sequence[float] = 1.0,
    weights: float | Sequence[float] = 1.0,
    seed: int = 0,
) -> Tensor:
    """`n` points [n, D] of a mixture of round Gaussians.

    Args:
        n: Points to draw.
        means: Centres [K, D]; without them two that are far enough apart for the reverse KL to prefer one of them.
        stds: Standard deviations: one for all, or K.
        weights: In proportion to which the modes are chosen, K positive numbers; without them all alike.
        seed: Decides all chance.

    Raises:
        ValueError: An argument has the wrong shape or sign.

    Example:
        >>> gaussians(1000, [[0.0], [10.0]], weights=[9, 1]).lt(5).float().mean().round(decimals=1)
        tensor(0.9000)
    """
    return _mixture(Key(seed, ("gaussians",)), n, means, stds, weights)


def swiss_roll(n: int = 100_000, *, noise: float = 0.25, seed: int = 0) -> Tensor:
    """`n` points [n, 2] of a spiral, (t cos t, t sin t) plus noise, t uniform in [1.5 pi, 4.5 pi], divided by 7.5.

    The protocol of WGAN-GP (Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028), whose code takes two of the three
    coordinates of scikit-learn's `make_swiss_roll`.

    Args:
        n: Points to draw.
        noise: Standard deviation of the noise before the division; it may be 0.
        seed: Decides all chance.

    Raises:
        ValueError: `n` is less than 1, or the noise is not a number of 0 or more.
    """
    _check_count(n)
    if not 0.0 <= noise < math.inf:
        raise ValueError(f"the noise is {noise}; expected a standard deviation of 0 or more")
    key = Key(seed, ("swiss roll",))
    t = 1.5 * math.pi * (1.0 + 2.0 * key.uniform("angle", (n,), torch.float64))
    spiral = torch.stack([t * t.cos(), t * t.sin()], dim=1)
    return ((spiral + noise * key.normal("noise", (n, 2), torch.float64)) / 7.5).float()


def parallel_lines(n: int = 100_000, t: float = 0.0, *, seed: int = 0) -> Tensor:
    """`n` points [n, 2] of the vertical line at `t`: (t, U), U uniform in (0, 1).

    Example 1 of Arjovsky et al. (2017, https://arxiv.org/abs/1701.07875): the line at 0 and another one are |t| apart
    in the Wasserstein distance and log 2 in the Jensen-Shannon divergence, however near. The same seed gives the same
    heights on every line, which is the optimal transport between them; take another seed for independent points.

    Raises:
        ValueError: `n` is less than 1, or `t` is not finite.
    """
    _check_count(n)
    if not math.isfinite(t):
        raise ValueError(f"the line is at {t}; expected a finite number")
    height = Key(seed, ("parallel lines",)).uniform("height", (n,))
    return torch.stack([torch.full_like(height, t), height], dim=1)


TOYS: Mapping[str, Callable[..., Tensor]] = MappingProxyType(
    {
        "ring": ring,
        "grid": grid,
        "swiss-roll": swiss_roll,
        "parallel-lines": parallel_lines,
        "gaussians": gaussians,
    }
)
"""The sets of points [n, 2] by name; each takes `n` and `seed` and needs neither."""

MODES: Mapping[str, tuple[Tensor, float]] = MappingProxyType(
    {
        "ring": (ring_modes(), RING_STD),
        "grid": (grid_modes(), GRID_STD),
        "gaussians": (torch.tensor(TWO_MODES), 1.0),
    }
)
"""The centres [K, 2] and the standard deviation of those that are mixtures of equal modes."""

FRESH = 1_000_000
"""The seed of points that nobody trains on."""


def toy(name: str) -> InMemory:
    """A set of points by its name, which can make fresh ones."""
    x = TOYS[name]()
    data = InMemory(x, name=name, kind=Points.around(x))
    data.fresh = lambda: InMemory(TOYS[name](seed=FRESH), name=name, kind=data.kind)
    return data


def _mixture(
    key: Key,
    n: int,
    means: Tensor | Sequence[Sequence[float]],
    stds: float | Sequence[float],
    weights: float | Sequence[float] = 1.0,
) -> Tensor:
    _check_count(n)
    centres = torch.as_tensor(means, dtype=torch.float32)
    if centres.ndim != 2 or not centres.numel() or not centres.isfinite().all():
        raise ValueError(f"the centres have shape {list(centres.shape)}; expected [K, D], 1 or more, all finite")
    spread = _positive("standard deviations", stds, len(centres)).float()
    edges = _positive("weights", weights, len(centres)).cumsum(0)
    mode = torch.searchsorted(edges / edges[-1], key.uniform("mode", (n,), torch.float64), right=True)
    return centres[mode] + spread[mode, None] * key.normal("noise", (n, centres.shape[1]))


def _positive(name: str, value: float | Sequence[float], count: int) -> Tensor:
    """`count` numbers in float64; one number stands for all."""
    numbers = torch.as_tensor(value, dtype=torch.float64)
    if numbers.shape not in {(), (count,)} or not (numbers.isfinite() & (numbers > 0)).all():
        raise ValueError(f"the {name} are {value}; expected one positive number, or {count}: one a mode")
    return numbers.expand(count)


def _check_count(n: int) -> None:
    if n < 1:
        raise ValueError(f"asked for {n} points; expected 1 or more")
