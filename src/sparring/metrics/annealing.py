"""Chains that walk from the prior to the posterior of a decoder's latents by Hamiltonian transitions.

All arrays begin with [K, n]: K chains for each of n examples. What they are for and where they come from: `ais`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from sparring.chance import Key

__all__ = ["Advance", "Point", "Posterior", "climb", "learn_steps", "normal", "schedule", "transition", "walk"]

Advance = Callable[[int], object]
"""Told, after each temperature, how many chains of an example took it."""

_LEAPFROG = 10
_ACCEPTANCE = 0.65
_FIRST_STEP = 0.5
_GAIN = 0.2
"""How fast the logarithm of a step follows acceptance: in 1,000 temperatures it can fall to any size."""


def schedule(temperatures: int, radius: float = 4.0) -> list[float]:
    """`temperatures + 1` numbers from 0 to 1, dense at both ends: a sigmoid from -radius to radius, stretched."""
    s = torch.linspace(-radius, radius, temperatures + 1, dtype=torch.float64).sigmoid()
    betas: list[float] = ((s - s[0]) / (s[-1] - s[0])).tolist()
    return betas


class Point(NamedTuple):
    """Where the chains are.

    Attributes:
        z: Latents [K, n, latent].
        fit: log p(x | z), float64, [K, n].
        slope: Its gradient, [K, n, latent]. Neither depends on the temperature, so both serve for the next one too.
    """

    z: Tensor
    fit: Tensor
    slope: Tensor


@dataclass(frozen=True, eq=False)
class Posterior:
    """p(z | x) of z ~ N(0, I) and x ~ N(decoder(z), variance I), for each example x [n, ...], up to a constant."""

    decoder: Callable[[Tensor], Tensor]
    x: Tensor
    variance: float

    def at(self, z: Tensor) -> Point:
        """One call of the decoder and its gradient."""
        with torch.enable_grad():
            z = z.detach().requires_grad_()
            means = self.decoder(z.flatten(0, 1)).reshape(*z.shape[:2], *self.x.shape[1:])
            squares = (means - self.x).flatten(2).square().sum(dim=2)
            (slope,) = torch.autograd.grad(squares.sum() / (-2 * self.variance), z)
        constant = self.x[0].numel() / 2 * math.log(2 * math.pi * self.variance)
        return Point(z.detach(), squares.detach().double() / (-2 * self.variance) - constant, slope)

    def check(self, latent: int) -> None:
        """Refuses examples that the decoder could not have made."""
        x = self.x
        if x.ndim < 2 or not x.numel() or not x.is_floating_point():
            raise ValueError(f"x is {x.dtype} of shape {list(x.shape)}; expected floats [n, ...]; bytes: `dequantised`")
        with torch.no_grad():
            means = self.decoder(x.new_zeros(1, latent))
        if means.shape[1:] != x.shape[1:]:
            raise ValueError(f"the decoder gives {list(means.shape[1:])}, x has {list(x.shape[1:])}; expected the same")
        if not torch.isfinite(x).all() or not torch.isfinite(means).all():
            raise ValueError("x or the decoder's output at z = 0 holds NaN or infinity: look at the data and weights")


def normal(key: Key, name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
    """Standard normal numbers of the precision and on the device of another tensor."""
    return key.normal(name, shape, like.dtype).to(like.device)


def climb(
    posterior: Posterior, point: Point, betas: list[float], steps: list[Tensor], key: Key
) -> Iterator[tuple[Tensor, Tensor]]:
    """Log-weights [K, n] of chains at each temperature after the first, and how many of the moves there were accepted.

    Raises:
        ValueError: The decoder's output is not finite where they start.
    """
    if not torch.isfinite(point.fit).all():
        raise ValueError("the decoder gives NaN or infinity for latents of the prior: look at its weights")
    weights, accepted = torch.zeros_like(point.fit), torch.ones_like(point.fit)
    for t, (here, there) in enumerate(pairwise(betas)):
        if t:  # where the chains go after the last weight, nobody looks
            point, accepted = transition(posterior, point, here, steps[t - 1], key.fold(t - 1))
        weights = weights + (there - here) * point.fit
        yield weights, accepted.mean()


def walk(
    posterior: Posterior, point: Point, betas: list[float], steps: list[Tensor], key: Key, advance: Advance
) -> tuple[Tensor, float]:
    """Log-weights [K, n] of chains taken through all temperatures, and the share of transitions accepted.

    Raises:
        ValueError: As `climb`.
    """
    weights, accepted = torch.zeros_like(point.fit), []
    for weights, acceptance in climb(posterior, point, betas, steps, key):
        accepted.append(acceptance)
        advance(len(weights))
    return weights, torch.stack(accepted[1:] or accepted).mean().item()


def learn_steps(
    posterior: Posterior, latent: int, betas: list[float], chains: int, key: Key, advance: Advance
) -> list[Tensor]:
    """Step sizes [1, n, 1] for each temperature between the ends, following the acceptance of a run upwards."""
    n = len(posterior.x)
    point = posterior.at(normal(key, "prior", (chains, n, latent), posterior.x))
    step, steps = torch.full((1, n, 1), _FIRST_STEP).to(posterior.x), []
    for t, beta in enumerate(betas[1:-1]):
        steps.append(step)
        point, acceptance = transition(posterior, point, beta, step, key.fold(t))
        change = (_GAIN * (acceptance.mean(dim=0) - _ACCEPTANCE)).exp()
        step = step * change[:, None].to(step)
        advance(chains)
    return steps


def transition(posterior: Posterior, point: Point, beta: float, step: Tensor, key: Key) -> tuple[Point, Tensor]:
    """One Hamiltonian transition, which leaves p(z) p(x | z)^beta as it is, and its chances of acceptance [K, n]."""
    momentum = normal(key, "momentum", point.z.shape, point.z)
    varied = step * (0.8 + 0.4 * key.uniform("step", (*point.fit.shape, 1)).to(step))
    end, final = _leapfrog(posterior, point, momentum, beta, varied)
    gain = _energy(point, momentum, beta) - _energy(end, final, beta)
    probability = torch.where(gain.isnan(), 0.0, gain.clamp(max=0).exp())  # NaN: it flew off to infinity
    accept = key.uniform("accept", gain.shape, torch.float64).to(gain.device) < probability
    moved = accept[..., None]
    chosen = Point(
        torch.where(moved, end.z, point.z),
        torch.where(accept, end.fit, point.fit),
        torch.where(moved, end.slope, point.slope),
    )
    return chosen, probability


def _leapfrog(posterior: Posterior, point: Point, momentum: Tensor, beta: float, step: Tensor) -> tuple[Point, Tensor]:
    momentum = momentum + step / 2 * (beta * point.slope - point.z)
    for i in range(_LEAPFROG):
        point = posterior.at(point.z + step * momentum)
        share = 1.0 if i < _LEAPFROG - 1 else 0.5
        momentum = momentum + share * step * (beta * point.slope - point.z)
    return point, momentum


def _energy(point: Point, momentum: Tensor, beta: float) -> Tensor:
    """Minus the log-density of place and momentum, [K, n], up to a constant."""
    return (point.z.square() + momentum.square()).sum(dim=2).double() / 2 - beta * point.fit
