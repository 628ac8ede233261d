"""Which modes of a mixture of Gaussians samples fall on, how many fall on any, and what a perfect sampler gets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.data.toys import gaussians
from sparring.metrics.levels import Level, divergence, level

__all__ = ["Modes", "Perfect", "kept_spread", "modes", "perfect"]

REACH = 3.0
"""A sample is of high quality within so many standard deviations."""


@dataclass(frozen=True)
class Modes:
    """What `modes` found.

    Attributes:
        high_quality: The share of samples within 3 standard deviations of a mode. A perfect sampler has
            1 - exp(-9/2) = .9889 in two dimensions; more than that is a sign of collapse, not of quality.
        weights: For each mode, the share of all samples that are of high quality and nearest to it, [K].
        reverse_kl: KL(weights of the samples of high quality || true weights), in nats; infinite if there are none.
        mean_errors: For each mode, from its centre to the mean of its samples of high quality, in standard deviations;
            None if there are none.
        spreads: For each mode, the standard deviation of its samples of high quality over that of a Gaussian cut
            likewise, so 1 is right, less too narrow; None with fewer than two.
    """

    high_quality: float
    weights: tuple[float, ...]
    reverse_kl: float
    mean_errors: tuple[float | None, ...]
    spreads: tuple[float | None, ...]

    @property
    def covered(self) -> int:
        """How many modes have at least one sample of high quality."""
        return sum(weight > 0 for weight in self.weights)


def modes(samples: Tensor, centres: Tensor, std: float, weights: Sequence[float] | None = None) -> Modes:
    """Assigns samples [n, D] to the nearest of the centres [K, D] of round Gaussians of standard deviation `std`.

    The protocol of VEEGAN (Srivastava et al. 2017) and PacGAN (Lin et al. 2018, https://arxiv.org/abs/1712.04086), who
    take 2,500 samples; from 100,000 the numbers are precise enough to judge a single run. See `perfect`.

    Args:
        samples: Generated samples.
        centres: The true modes, far apart.
        std: The true standard deviation of each.
        weights: The true weights, K positive numbers in proportion; without them all alike.

    Raises:
        ValueError: The shapes do not fit, there are no samples, or they are not finite.
    """
    if samples.ndim != 2 or not len(samples) or samples.shape[1:] != centres.shape[1:]:
        raise ValueError(f"samples {list(samples.shape)} and centres {list(centres.shape)}; expected [n, D] and [K, D]")
    if not torch.isfinite(samples).all():
        raise ValueError("the samples hold NaN or infinity; expected finite numbers: the generator has diverged")
    if not 0 < std < math.inf:
        raise ValueError(f"the standard deviation is {std}; expected a positive number")
    x, centres = samples.double(), centres.to(samples.device, torch.float64)
    distances, nearest = torch.cdist(x, centres, compute_mode="donot_use_mm_for_euclid_dist").min(dim=1)
    good = distances < REACH * std
    counts = torch.bincount(nearest[good], minlength=len(centres))
    away = [(x[good & (nearest == k)] - centres[k]) / std for k in range(len(centres))]
    return Modes(
        good.double().mean().item(),
        tuple((counts.double() / len(x)).tolist()),
        divergence(counts, [1.0] * len(centres) if weights is None else weights),
        tuple(part.mean(dim=0).norm().item() if len(part) else None for part in away),
        tuple(_spread(part) if len(part) > 1 else None for part in away),
    )


def _spread(away: Tensor) -> float:
    return away.var(dim=0).mean().sqrt().item() / kept_spread(away.shape[1])


def kept_spread(dim: int) -> float:
    """The standard deviation of a coordinate of a standard Gaussian in `dim` dimensions, cut at a radius of 3.

    Its square is P(chi^2 with dim + 2 degrees of freedom < 9) / P(chi^2 with dim < 9), because r^2 times the density of
    the radius is, up to a factor, that of two more dimensions. In the plane: 1 - s exp(-s) / (1 - exp(-s)), s = 9/2.

    Raises:
        ValueError: There are so many dimensions that nothing is within the radius, or none.

    Example:
        >>> round(kept_spread(2), 6)
        0.974396
    """
    if dim < 1:
        raise ValueError(f"got {dim} dimensions; expected 1 or more")
    halves = torch.tensor([dim / 2 + 1, dim / 2], dtype=torch.float64)
    more, inside = torch.special.gammainc(halves, torch.tensor(REACH**2 / 2, dtype=torch.float64))
    if not more:
        raise ValueError(
            f"in {dim} dimensions no sample is within 3 standard deviations of its mode; expected few dimensions. "
            "Project samples and centres to those in which the modes differ"
        )
    return math.sqrt(more / inside)


@dataclass(frozen=True)
class Perfect:
    """What perfect samplers get, mean and standard deviation over seeds.

    Attributes:
        high_quality: As in `Modes`.
        reverse_kl: As in `Modes`; its distribution has a long upper tail.
        covered: As in `Modes`.
        mean_error: The largest of the modes.
        spread: The farthest from 1 of the modes, less 1, without its sign.
    """

    high_quality: Level
    reverse_kl: Level
    covered: Level
    mean_error: Level
    spread: Level

    def too_good(self, found: Modes, sigmas: float = 4.0) -> bool:
        """More samples of high quality than a perfect sampler has: they are too narrow, or on too few modes."""
        return found.high_quality > self.high_quality.mean + sigmas * self.high_quality.sd


def perfect(
    n: int, centres: Tensor, std: float, weights: Sequence[float] | None = None, *, seeds: Sequence[int] = range(100)
) -> Perfect:
    """What the mixture itself gets from `modes` with `n` samples, by simulation.

    Nobody who is honest does better on average, and a level's mean is no aim: 2,500 samples of the ring have a reverse
    KL of .0014, of the grid .0049.

    Args:
        n: Samples a seed.
        centres: As for `modes`.
        std: As for `modes`.
        weights: As for `modes`.
        seeds: Two or more.

    Raises:
        ValueError: As `modes`, or there are fewer than two seeds.
    """
    shares = 1.0 if weights is None else weights
    draws = (gaussians(n, centres.cpu(), stds=std, weights=shares, seed=seed) for seed in seeds)
    found = [modes(draw, centres.cpu(), std, weights) for draw in draws]
    return Perfect(
        level([one.high_quality for one in found]),
        level([one.reverse_kl for one in found]),
        level([float(one.covered) for one in found]),
        level([max(error for error in one.mean_errors if error is not None) for one in found]),
        level([max(abs(spread - 1) for spread in one.spreads if spread is not None) for one in found]),
    )
