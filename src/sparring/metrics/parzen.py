"""Log-likelihood under a Parzen window: a mixture of equal round Gaussians on a model's samples.

The protocol of Breuleux et al. 2011 ("Quickly generating representative samples from an RBM-derived process") as
Goodfellow et al. 2014 (https://arxiv.org/abs/1406.2661, table 1) published it with their code. Kept for comparison with
that table only: in high dimension it measures neither likelihood nor quality, and whoever has no model can win it
(Theis et al. 2016, https://arxiv.org/abs/1511.01844). docs/likelihood.md shows how.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.metrics.features import checked

__all__ = ["SIGMAS", "Parzen", "choose_sigma", "parzen", "report"]

SIGMAS = tuple(10 ** (-1 + i / 9) for i in range(10))
"""The published grid, logspace(-1, 0, 10), for pixels in [0, 1]. It is coarse: another grid gives other results."""

_CHUNK = 1000
"""Test examples at once: with 10,000 samples, 80 MB of distances."""


@dataclass(frozen=True)
class Parzen:
    """What `report` found.

    Attributes:
        mean: Log-likelihood of a test example, nats.
        standard_error: Of the mean over test examples; the chance in samples and sigma is not in it.
        sigma: The standard deviation of the Gaussians.
        sigmas: What it was chosen from.
        validation: The mean log-likelihood of the validation examples at each of them, nats.
        samples: How many Gaussians.
        validation_examples: How many examples sigma was chosen on.
        test_examples: How many examples the mean is over.
    """

    mean: float
    standard_error: float
    sigma: float
    sigmas: tuple[float, ...]
    validation: tuple[float, ...]
    samples: int
    validation_examples: int
    test_examples: int


def parzen(samples: Tensor, x: Tensor, sigma: float) -> Tensor:
    """Log-densities [m] in nats of examples x [m, ...] under Gaussians on the samples [n, ...], in float64.

    Raises:
        ValueError: The sizes differ, something is not finite, or sigma is not positive.

    Example:
        >>> round(parzen(torch.zeros(1, 1), torch.zeros(1, 1), 1.0).item(), 4)  # log 1/sqrt(2 pi)
        -0.9189
    """
    return _curves(samples, x, [sigma])[0]


def choose_sigma(samples: Tensor, validation: Tensor, sigmas: Sequence[float] = SIGMAS) -> float:
    """The standard deviation under which the validation examples [m, ...] are the most likely.

    Raises:
        ValueError: As `parzen`.
    """
    return _best(_curves(samples, validation, sigmas).mean(dim=1), sigmas)


def report(samples: Tensor, validation: Tensor, test: Tensor, sigmas: Sequence[float] = SIGMAS) -> Parzen:
    """The published protocol, where there are 10,000 samples, 1,000 validation examples, 10,000 test examples of MNIST.

    Sigma is chosen on the validation examples (of MNIST the training pictures 50,000 to 50,999) and the test examples
    are looked at under it only.

    Args:
        samples: A model's [n, ...], in the test examples' units: pictures in [0, 1] for the grid to fit.
        validation: Examples [k, ...] to choose sigma on.
        test: Examples [m, ...].
        sigmas: The standard deviations to choose from.

    Raises:
        ValueError: As `parzen`, or values lie outside [0, 1].
    """
    for x, name in ((samples, "samples"), (validation, "validation examples"), (test, "test examples")):
        if x.numel() and not 0 <= x.min() <= x.max() <= 1:  # false for NaN too
            raise ValueError(
                f"the {name} are in [{x.min():.4g}, {x.max():.4g}]; expected [0, 1], the units of the published table. "
                "For pictures in [-1, 1] write (x + 1) / 2, for bytes x / 255"
            )
    curve = _curves(samples, validation, sigmas).mean(dim=1)
    sigma = _best(curve, sigmas)
    found = parzen(samples, test, sigma)
    error = found.std(correction=0).item() / math.sqrt(len(found))  # as the published code has it
    counts = len(samples), len(validation), len(test)
    return Parzen(found.mean().item(), error, sigma, tuple(sigmas), tuple(curve.tolist()), *counts)


def _best(means: Tensor, sigmas: Sequence[float]) -> float:
    return float(sigmas[int(means.argmax())])


def _curves(samples: Tensor, x: Tensor, sigmas: Sequence[float]) -> Tensor:
    """Log-densities [S, m] at each sigma: the distances are the dear part, and are computed once."""
    centres, points = checked(samples, "generated", 1), checked(x, "real", 1)
    if centres.shape[1] != points.shape[1]:
        raise ValueError(f"samples have {centres.shape[1]} dimensions, examples {points.shape[1]}; expected the same")
    if not len(sigmas) or not all(0 < sigma < math.inf for sigma in sigmas):
        raise ValueError(f"sigmas are {list(sigmas)}; expected one or more positive numbers, such as parzen.SIGMAS")
    middle = centres.mean(dim=0)  # nearer to 0, squares cancel less
    centres, points = centres - middle, points - middle
    lengths = centres.square().sum(dim=1)
    chunks = [_log_densities(centres, lengths, chunk, sigmas) for chunk in torch.split(points, _CHUNK)]
    return torch.cat(chunks, dim=1)


def _log_densities(centres: Tensor, lengths: Tensor, points: Tensor, sigmas: Sequence[float]) -> Tensor:
    products = points @ centres.T
    squares = (points.square().sum(dim=1, keepdim=True) + lengths - 2 * products).clamp_(min=0)
    count, size = centres.shape
    return torch.stack(
        [
            torch.logsumexp(squares / (-2 * sigma**2), dim=1)
            - math.log(count)
            - size * math.log(sigma * math.sqrt(2 * math.pi))
            for sigma in sigmas
        ]
    )
