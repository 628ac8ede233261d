"""The likelihood of a decoder, by annealed importance sampling, with a bracket that says how far to trust it.

A decoder G and spherical noise make a density: z ~ N(0, I), x ~ N(G(z), variance I). Wu et al. 2017, "On the
quantitative analysis of decoder-based generative models" (https://arxiv.org/abs/1611.04273), walk from the prior
(temperature 0) to the posterior of z (temperature 1) by Hamiltonian transitions (Neal 2001,
https://arxiv.org/abs/physics/9803008): the estimate of log p(x) is below it in expectation. From a posterior sample
backwards it is above it; of x that the model itself made, the z it was made from is such a sample (bidirectional Monte
Carlo, Grosse et al. 2015, https://arxiv.org/abs/1511.02543).

Two choices of ours. A chain whose step size follows its own past breaks the bounds a little; here a run before learns
the sizes, with a quarter of the chains, and is thrown away. And steps are varied at random by a fifth, as whole rounds
of a harmonic oscillator lead nowhere (Neal 2011, https://arxiv.org/abs/1206.1901).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.machine import progress
from sparring.metrics.annealing import Advance, Posterior, learn_steps, normal, schedule, walk

__all__ = ["FULL", "REDUCED", "Bracket", "Likelihoods", "Protocol", "ais", "bidirectional", "dequantised", "work"]


@dataclass(frozen=True)
class Protocol:
    """How many pictures, temperatures and chains a picture."""

    pictures: int
    temperatures: int
    chains: int


FULL = Protocol(pictures=1_000, temperatures=10_000, chains=16)
"""What Wu et al. used for their table on continuous MNIST."""
REDUCED = Protocol(pictures=100, temperatures=1_000, chains=16)
"""A hundredth of the work. Its bounds are looser: report the bracket beside them."""


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """What `ais` found.

    Attributes:
        values: log p(x) of each example, nats, [n]; too small rather than too large.
        effective: How many of the chains carry the estimate, (sum w)^2 / sum w^2, [n]: near 1 it is not to be trusted.
        acceptance: The share of transitions that were accepted.
    """

    values: Tensor
    effective: Tensor
    acceptance: float

    @property
    def mean(self) -> float:
        """The mean over examples, nats."""
        return self.values.mean().item()

    @property
    def standard_error(self) -> float:
        """Of the mean, over examples; the chains' chance is in it, their bias is not."""
        return self.values.std(correction=0).item() / math.sqrt(len(self.values))


@dataclass(frozen=True, eq=False)
class Bracket:
    """What `bidirectional` found, for simulated examples.

    Attributes:
        x: The examples, [n, ...].
        lower: Estimates of log p(x) from the prior, nats, [n].
        upper: Estimates from the posterior, nats, [n]. Each bound holds in expectation.
    """

    x: Tensor
    lower: Tensor
    upper: Tensor

    @property
    def gap(self) -> float:
        """The mean of upper - lower, nats: the expected error of either is smaller."""
        return (self.upper - self.lower).mean().item()


def ais(
    decoder: Callable[[Tensor], Tensor],
    x: Tensor,
    *,
    latent: int,
    variance: float,
    temperatures: int = REDUCED.temperatures,
    chains: int = REDUCED.chains,
    seed: int = 0,
    advance: Advance | None = None,
) -> Likelihoods:
    """Estimates log p(x) for each example.

    All examples and chains go through the decoder at once, 10 times a temperature and a quarter more to learn the
    steps. What the decoder has to keep for one call on `n * chains` latents must fit into memory.

    Args:
        decoder: Maps latents [B, latent] to means [B, ...] in x's units, each by itself: a network in eval mode.
        x: Examples [n, ...] on the decoder's device and in its precision; bytes through `dequantised` first.
        latent: The size of z.
        variance: Of the noise, in x's units squared. Choose it on validation examples.
        temperatures: Steps from prior to posterior.
        chains: For each example.
        seed: Of all chance.
        advance: Told of the work that is done, `work` in all, an example; without it a bar is shown.

    Raises:
        ValueError: Something is of the wrong shape or not finite, or the decoder is in training mode.
    """
    _check(decoder, latent, variance, temperatures, chains)
    key, posterior, betas = Key(seed).fold("ais"), Posterior(decoder, x, variance), schedule(temperatures)
    posterior.check(latent)
    with _shown(advance, work(temperatures, chains)) as told:
        steps = learn_steps(posterior, latent, betas, _learning(chains), key.fold("steps"), told)
        start = posterior.at(normal(key, "prior", (chains, len(x), latent), x))
        weights, acceptance = walk(posterior, start, betas, steps, key.fold("forward"), told)
    values = weights.logsumexp(dim=0) - math.log(chains)
    effective = (2 * weights.logsumexp(dim=0) - (2 * weights).logsumexp(dim=0)).exp()
    return Likelihoods(values, effective, acceptance)


def bidirectional(  # noqa: PLR0913 - the numbers of a protocol, chance, place and progress
    decoder: Callable[[Tensor], Tensor],
    *,
    latent: int,
    variance: float,
    pictures: int = REDUCED.pictures,
    temperatures: int = REDUCED.temperatures,
    chains: int = REDUCED.chains,
    seed: int = 0,
    like: Tensor | None = None,
    advance: Advance | None = None,
) -> Bracket:
    """Brackets log p(x) of examples that the model makes itself, from below and from above.

    A narrow bracket says that as many temperatures and chains are enough for this model; for data that are unlike its
    samples the error may be larger.

    Args:
        decoder: As for `ais`.
        latent: The size of z.
        variance: Of the noise.
        pictures: How many examples to make.
        temperatures: Steps from prior to posterior, and back.
        chains: For each example and direction.
        seed: Of all chance.
        like: A tensor on the decoder's device and in its precision; the CPU and float32 without.
        advance: As for `ais`.

    Raises:
        ValueError: As `ais`.
    """
    _check(decoder, latent, variance, temperatures, chains, pictures)
    key, betas = Key(seed).fold("bidirectional"), schedule(temperatures)
    like = torch.empty(0) if like is None else like
    z = normal(key, "latent", (pictures, latent), like)
    with torch.no_grad():
        means = decoder(z)
    posterior = Posterior(decoder, means + math.sqrt(variance) * normal(key, "noise", means.shape, like), variance)
    posterior.check(latent)
    with _shown(advance, work(temperatures, chains, directions=2)) as told:
        steps = learn_steps(posterior, latent, betas, _learning(chains), key.fold("steps"), told)
        prior = posterior.at(normal(key, "prior", (chains, pictures, latent), like))
        rising, _ = walk(posterior, prior, betas, steps, key.fold("forward"), told)
        made_from = posterior.at(z.expand(chains, -1, -1))
        falling, _ = walk(posterior, made_from, betas[::-1], steps[::-1], key.fold("back"), told)
    log_chains = math.log(chains)
    return Bracket(posterior.x, rising.logsumexp(dim=0) - log_chains, log_chains - falling.logsumexp(dim=0))


def work(temperatures: int, chains: int, directions: int = 1) -> int:
    """What `ais` has to do for an example, in temperatures taken by a chain; `bidirectional` has two directions."""
    return (temperatures - 1) * _learning(chains) + directions * temperatures * chains


def dequantised(x: Tensor, seed: int = 0) -> Tensor:
    """Bytes [n, ...] as floats in (0, 1) with a density: (x + U(0, 1)) / 256, as Wu et al. do it.

    Raises:
        ValueError: They are no bytes.
    """
    if x.dtype != torch.uint8:
        raise ValueError(f"got {x.dtype}; expected bytes (torch.uint8), 0 to 255")
    noise = Key(seed).uniform("dequantisation", x.shape).to(x.device)
    return (x + noise) / 256


def _learning(chains: int) -> int:
    """How many chains learn the step sizes."""
    return max(1, chains // 4)


@contextmanager
def _shown(advance: Advance | None, total: int) -> Iterator[Advance]:
    if advance is not None:
        yield advance
        return
    with progress.steps("annealing", total) as own:
        yield own


def _check(decoder: Callable[[Tensor], Tensor], latent: int, variance: float, *counts: int) -> None:
    if isinstance(decoder, nn.Module) and decoder.training:
        raise ValueError("the decoder is in training mode, where chains may affect each other: call decoder.eval()")
    if min(latent, *counts) < 1 or not 0 < variance < math.inf:
        raise ValueError(
            f"latent is {latent}, variance {variance}, counts of temperatures, chains and pictures are {counts}; "
            "expected positive numbers"
        )
