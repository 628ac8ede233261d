"""The variance of a decoder's noise, chosen on examples that the estimate does not use, for all candidates at once.

An annealed chain on the way to the posterior under variance v is, at temperature beta, at the posterior under v / beta:
p(z) p(x | z)^beta has the same shape. So one run to the smallest variance passes the larger ones, and its weights there
give their likelihoods too, up to a known constant:

    log p(x; v / beta) = log Z(beta) + D / 2 (beta log(2 pi v) - log(2 pi v / beta))

with Z(beta) the integral of p(z) N(x; G(z), v)^beta. Wu et al. 2017 (https://arxiv.org/abs/1611.04273) chose it on
validation examples too, and do not say by which computation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.metrics.annealing import Advance, Posterior, climb, learn_steps, normal, schedule

__all__ = ["VARIANCES", "likelihoods"]

VARIANCES = (0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.05, 0.1)
"""Candidates for pictures in [0, 1]; among them are all that Wu et al. ended with."""


def likelihoods(
    decoder: Callable[[Tensor], Tensor],
    x: Tensor,
    *,
    latent: int,
    variances: Sequence[float] = VARIANCES,
    temperatures: int,
    chains: int,
    seed: int = 0,
    advance: Advance = lambda _: None,
) -> Tensor:
    """Log-likelihoods of examples under each variance, nats, float64 [V, n]; too small rather than too large.

    Args:
        decoder: As for `ais.ais`.
        x: Examples [n, ...].
        latent: The size of z.
        variances: Of the noise, in x's units squared.
        temperatures: Steps from the prior to the posterior under the smallest of them, besides one for each of them.
        chains: For each example.
        seed: Of all chance.
        advance: Told of the work that is done.

    Raises:
        ValueError: A variance is not positive, or as `ais.ais`.
    """
    if not variances or not all(0 < v < math.inf for v in variances):
        raise ValueError(f"variances are {list(variances)}; expected one or more positive numbers")
    if isinstance(decoder, nn.Module) and decoder.training:
        raise ValueError("the decoder is in training mode, where chains may affect each other: call decoder.eval()")
    key, least = Key(seed).fold("variance"), min(variances)
    posterior, place = Posterior(decoder, x, least), {least / v: v for v in variances}
    posterior.check(latent)
    betas = sorted({*schedule(temperatures), *place})
    steps = learn_steps(posterior, latent, betas, max(1, chains // 4), key.fold("steps"), advance)
    start = posterior.at(normal(key, "prior", (chains, len(x), latent), x))
    half, found = x[0].numel() / 2, {}
    walk = climb(posterior, start, betas, steps, key.fold("forward"))
    for beta, (weights, _) in zip(betas[1:], walk, strict=True):
        advance(chains)
        if v := place.get(beta):
            constant = half * (beta * math.log(2 * math.pi * least) - math.log(2 * math.pi * v))
            found[v] = weights.logsumexp(dim=0) - math.log(chains) + constant
    return torch.stack([found[v] for v in variances])
