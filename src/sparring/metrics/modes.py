"""Which modes of a mixture of Gaussians samples fall on, and how many fall on any."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Modes", "modes"]


@dataclass(frozen=True)
class Modes:
    """What `modes` found.

    Attributes:
        high_quality: The share of samples within 3 standard deviations of a mode. A perfect sampler has
            1 - exp(-9/2) = .9889 in two dimensions; more than that is a sign of collapse, not of quality.
        weights: For each mode, the share of all samples that are of high quality and nearest to it, [K].
    """

    high_quality: float
    weights: tuple[float, ...]

    @property
    def covered(self) -> int:
        """How many modes have at least one sample of high quality."""
        return sum(weight > 0 for weight in self.weights)


def modes(samples: Tensor, centres: Tensor, std: float) -> Modes:
    """Assigns samples [n, D] to the nearest of the centres [K, D] of round Gaussians of standard deviation `std`.

    The protocol of VEEGAN (Srivastava et al. 2017) and PacGAN (Lin et al. 2018, https://arxiv.org/abs/1712.04086).

    Raises:
        ValueError: The shapes do not fit, or there are no samples.
    """
    if samples.ndim != 2 or not len(samples) or samples.shape[1:] != centres.shape[1:]:
        raise ValueError(f"samples {list(samples.shape)} and centres {list(centres.shape)}; expected [n, D] and [K, D]")
    distances, nearest = torch.cdist(samples.double(), centres.double()).min(dim=1)
    good = distances < 3 * std
    weights = torch.bincount(nearest[good], minlength=len(centres)) / len(samples)
    return Modes(good.double().mean().item(), tuple(weights.tolist()))
