"""Divergences between data and model, read off a discriminator's logits.

Where D classifies, its logit estimates the log ratio v = log(p/q) of the densities of data and model. For a convex f
with f(1) = 0 and T = f'(e^v), the bound F = E_p[T] - E_q[f*(T)] (Nguyen et al. 2010, https://arxiv.org/abs/0809.0853;
Nowozin et al. 2016, https://arxiv.org/abs/1606.00709, equation 4) equals the divergence of f where v is exact, and is
below it for any other v. So a poor discriminator sees too small a divergence; feed it samples that it was not trained
on, or it sees too large a one. T is written in v, not by the output activations of Nowozin et al.: the logit of
any discriminator will do, and every divergence can be read off the same one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from sparring.metrics.features import checked

__all__ = [
    "DIVERGENCES",
    "GAN",
    "HELLINGER",
    "JEFFREY",
    "JENSEN_SHANNON",
    "KL",
    "NEYMAN",
    "PEARSON",
    "REVERSE_KL",
    "TOTAL_VARIATION",
    "Divergence",
    "Estimate",
    "counts_variation",
]


@dataclass(frozen=True)
class Estimate:
    """An average over samples, and its standard error from their number alone, not from the discriminator's faults."""

    value: float
    standard_error: float


@dataclass(frozen=True)
class Divergence:
    """A divergence as a function of logits.

    Attributes:
        name: The field's, with the integral where texts differ by a factor.
        at_real: T(v), averaged over real samples.
        at_fake: f*(T(v)), averaged over generated ones.

    Example:
        >>> KL(torch.tensor([0.0, 0.0]), torch.tensor([0.0, 0.0]))
        Estimate(value=0.0, standard_error=0.0)
    """

    name: str
    at_real: Callable[[Tensor], Tensor]
    at_fake: Callable[[Tensor], Tensor]

    def __call__(self, real: Tensor, fake: Tensor) -> Estimate:
        """The bound F from logits [n] of real samples and [m] of generated ones, in nats where there is a logarithm.

        Raises:
            ValueError: They have other shapes, are fewer than two, hold NaN, or are so large that F is infinite.
        """
        gain, price = self.at_real(_logits(real, "real")), self.at_fake(_logits(fake, "fake"))
        value = (gain.mean() - price.mean()).item()
        variance = (gain.var() / len(gain) + price.var() / len(price)).item()
        if not math.isfinite(value) or not math.isfinite(variance):
            largest = max(real.abs().max().item(), fake.abs().max().item())
            raise ValueError(
                f"{self.name} is infinite in float64 at logits up to {largest:.4g}: use Jensen-Shannon or total "
                "variation, which are bounded"
            )
        return Estimate(value, math.sqrt(variance))


def _logits(v: Tensor, name: str) -> Tensor:
    if v.ndim != 1:
        raise ValueError(
            f"the {name} logits have shape {list(v.shape)}; expected [n]: end the discriminator with .squeeze(1)"
        )
    return checked(v.detach()[:, None], f"{name} logits'").squeeze(1)


KL = Divergence("KL(p, q)", lambda v: v + 1, torch.exp)
REVERSE_KL = Divergence("KL(q, p)", lambda v: -(-v).exp(), lambda v: v - 1)
PEARSON = Divergence("Pearson's, the integral of (p - q)^2 / q,", lambda v: 2 * v.expm1(), lambda v: (2 * v).expm1())
NEYMAN = Divergence(
    "Neyman's, the integral of (p - q)^2 / p,", lambda v: -(-2 * v).expm1(), lambda v: -2 * (-v).expm1()
)
HELLINGER = Divergence(
    "Hellinger's, the integral of (sqrt p - sqrt q)^2,", lambda v: -(-v / 2).expm1(), lambda v: (v / 2).expm1()
)
"""Squared, and twice the square of the texts that have a factor 1/2 in it."""
JEFFREY = Divergence("Jeffrey's, KL(p, q) + KL(q, p),", lambda v: v - (-v).expm1(), lambda v: v + v.expm1())
JENSEN_SHANNON = Divergence(
    "Jensen-Shannon", lambda v: (math.log(2) - softplus(-v)) / 2, lambda v: (softplus(v) - math.log(2)) / 2
)
"""Between 0 and log 2 at the optimum: half of what Nowozin et al. 2016, table 1, give that name."""
GAN = Divergence("the GAN's value", lambda v: -softplus(-v), softplus)
"""V(D) = 2 JS - log 4 at the optimum (Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, theorem 1): the
discriminator's minimax cost with the other sign."""
TOTAL_VARIATION = Divergence("total variation", lambda v: v.sign() / 2, lambda v: v.sign() / 2)
"""Half the integral of abs(p - q), between 0 and 1: at equal odds 2 accuracy - 1 of the sign of the logit."""

DIVERGENCES = (KL, REVERSE_KL, PEARSON, NEYMAN, HELLINGER, JEFFREY, JENSEN_SHANNON, GAN, TOTAL_VARIATION)


def counts_variation(real: Tensor, generated: Tensor) -> float:
    """The total variation of two distributions over D things, from how often each sample [n, D] and [m, D] has them.

    Half the sum of the differences of shares, in 0..1. It is above the truth by more, the fewer the samples.
    """
    p, q = (x.double().sum(dim=0) / max(1.0, x.sum().item()) for x in (real, generated))
    return (p - q).abs().sum().item() / 2
