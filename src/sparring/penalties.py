"""Penalties: one value per sample, [B], to be averaged and weighted by the game.

A penalty is a function, or a module that keeps buffers. Buffers move by `Round.later`, so that a cost is the same
however often a round asks for it. In a loop of your own, `r1(critique(critic, real, fake)).mean()` is the term.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from types import FunctionType
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from sparring.chance import Draws
from sparring.machine.fitting import fitted
from sparring.methods import Method, Paper
from sparring.round import Batch, Round

__all__ = [
    "METHODS",
    "Critique",
    "Generation",
    "GeneratorPenalty",
    "Lazy",
    "Penalties",
    "Penalty",
    "Weight",
    "critique",
    "interpolated",
    "r1",
    "r2",
]


@dataclass(frozen=True)
class Critique:
    """One evaluation of the critic, shared by the loss and the penalties.

    Attributes:
        round: For chance, its number, and what other ranks have.
        critic: From samples [B, ...] to what the loss reads, logits [B] as a rule.
        real: Real samples [B, ...] that require gradients.
        fake: Generated samples [B, ...] that require gradients.
        real_logits: The critic at `real`.
        fake_logits: The critic at `fake`.
    """

    round: Round
    critic: Callable[[Tensor], Tensor]
    real: Tensor
    fake: Tensor
    real_logits: Tensor
    fake_logits: Tensor


def critique(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, number: int = 0) -> Critique:
    """An evaluation of a critic in a loop of your own, where no trainer makes one; chance is torch's.

    Args:
        critic: From samples [B, ...] to logits [B].
        real: Real samples [B, ...].
        fake: Generated samples [B, ...], of which only the values are used.
        number: Of the round, for penalties that are not due in each.

    Example:
        >>> critic = nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))
        >>> r1(critique(critic, torch.randn(8, 2), torch.randn(8, 2))).shape
        torch.Size([8])
    """
    real, fake = real.detach().requires_grad_(), fake.detach().requires_grad_()
    seed, generator = int(torch.randint(2**31, ())), torch.Generator(real.device)
    chance = Draws(seed, _Count(), generator, len(real), dtype=real.dtype)
    return Critique(Round(_nothing, chance, number=number), critic, real, fake, critic(real), critic(fake))


@dataclass
class _Count:
    """A counter of draws."""

    draws: int = 0


def _nothing(name: str) -> Batch:
    raise ValueError(f"a loop of your own has no stream {name!r}: a penalty sees samples and logits")


@dataclass(frozen=True)
class Generation:
    """One evaluation of the generator, for penalties on it.

    Attributes:
        round: For chance, its number, and what other ranks have.
        latents: The latents [B, Z], which require gradients.
        fake: The samples [B, ...] made of them.
    """

    round: Round
    latents: Tensor
    fake: Tensor


Penalty = Callable[[Critique], Tensor | None]
"""A penalty on the discriminator, [B]; None in a round in which it is not due."""

GeneratorPenalty = Callable[[Generation], Tensor | None]
"""The same on the generator."""

Weight = float | Callable[[int], float]
"""The weight of a penalty, or a function from the round number to it."""

Evaluation = TypeVar("Evaluation", Critique, Generation)


def name_of(penalty: Callable[..., object]) -> str:
    """The name of a penalty's term."""
    return getattr(penalty, "__name__", type(penalty).__name__)


class Penalties(Generic[Evaluation]):
    """What a player minimises besides its loss.

    Args:
        weights: Penalties and their weights.

    Attributes:
        modules: Those that are modules; they belong to the player.

    Raises:
        TypeError: They are no penalties with weights; the message says what to write.
        ValueError: Two penalties, or a penalty and the loss, have the same name.
    """

    def __init__(self, weights: Mapping[Callable[[Evaluation], Tensor | None], Weight] | None = None) -> None:
        self.weights: dict[Callable[[Evaluation], Tensor | None], Weight] = _weighted(weights)
        names = ["loss", *map(name_of, self.weights)]
        if len(set(names)) < len(names):
            raise ValueError(f"the terms would be {names}; expected different names: define each by its own `def`")
        self.modules = nn.ModuleList(penalty for penalty in self.weights if isinstance(penalty, nn.Module))

    def __call__(self, evaluate: Callable[[], Evaluation]) -> dict[str, Tensor]:
        """The terms of those that are due, by name; without any, nothing is evaluated."""
        if not self.weights:
            return {}
        at, terms = evaluate(), {}
        for penalty, weight in self.weights.items():
            value = penalty(at)
            if value is not None:
                terms[name_of(penalty)] = value.mean() * (weight(at.round.number) if callable(weight) else weight)
        return terms

    def point(self, samples: Tensor) -> Tensor:
        """The samples, as a tensor of its own at which penalties, if there are any, can differentiate."""
        return samples.view_as(samples).requires_grad_() if self.weights else samples

    def exactly(self, critic: nn.Module, x: Tensor, *given: Tensor) -> Any:
        """What a critic gives; if there are penalties, all of it in the samples' precision."""
        if not self.weights:
            return fitted("discriminator", critic, "samples", x, *given)
        with torch.autocast(x.device.type, enabled=False):
            return fitted("discriminator", critic, "samples", x, *given)


def _weighted(weights: Any) -> dict[Any, Weight]:
    """Penalties and their weights, made sure of."""
    if weights is None:
        return {}
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"the penalties are {_called(weights)}; expected each with its weight: write {{penalties.r1: 0.5}}"
        )
    for penalty, weight in weights.items():
        if isinstance(penalty, type) or not callable(penalty):
            raise TypeError(
                f"a penalty is {_called(penalty)}; expected a function of penalties, or a module: write "
                f"{{penalties.{penalty if penalty in __all__ else 'r1'}: {weight}}}"
            )
        if not (callable(weight) or isinstance(weight, Real | Tensor)):
            raise TypeError(
                f"the weight of {name_of(penalty)} is {weight!r}; expected a number or a function of the round"
            )
    return dict(weights)


def _called(value: object) -> str:
    """What a wrong value is called."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, FunctionType):
        return f"the function {value.__name__}"
    return repr(value) if isinstance(value, str | Real) else f"a {type(value).__name__}"


class Lazy(nn.Module, Generic[Evaluation]):
    """A penalty every so many rounds, and then so many times as heavy (Karras et al. 2020, appendix B).

    https://arxiv.org/abs/1912.04958. It saves time where a penalty is dear; on toys it is not worth its noise.

    Args:
        penalty: What is computed now and then; if it is a module, it is part of the game.
        every: Rounds from one time to the next.

    Raises:
        ValueError: `every` is less than 1.
    """

    def __init__(self, penalty: Callable[[Evaluation], Tensor | None], every: int) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"a lazy penalty is due every {every} rounds; expected 1 or more")
        self.penalty: Callable[[Evaluation], Tensor | None] = penalty
        self.every = every

    @property
    def __name__(self) -> str:
        """That of the penalty."""
        return name_of(self.penalty)

    def forward(self, at: Evaluation) -> Tensor | None:
        """The penalty times `every`, [B], or None."""
        value = None if at.round.number % self.every else self.penalty(at)
        return None if value is None else self.every * value


def r1(critique: Critique) -> Tensor:
    """||grad_x D(x)||^2 at real samples, [B] (R1 of Mescheder et al. 2018, https://arxiv.org/abs/1801.04406).

    The paper's regularizer has the factor gamma / 2: weight this with gamma / 2.
    """
    return _gradient(critique.real_logits, critique.real).square().sum(1)


def r2(critique: Critique) -> Tensor:
    """||grad_x D(x)||^2 at generated samples, [B] (R2 of Mescheder et al. 2018); weight it with gamma / 2."""
    return _gradient(critique.fake_logits, critique.fake).square().sum(1)


def interpolated(critique: Critique) -> Tensor:
    """(||grad_x D(x)|| - 1)^2 between real and generated samples, [B].

    WGAN-GP's (Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028), whose weight is 10. Each
    sample has its own point on its own line. Batch norm in the critic would tie the gradients of a batch together: use
    another normalisation.
    """
    real, fake = critique.real, critique.fake
    weight = critique.round.chance.uniform("interpolated").to(real)
    points = torch.lerp(real, fake, weight.reshape(-1, *[1] * (real.ndim - 1))).requires_grad_()
    norms: Tensor = torch.linalg.vector_norm(_gradient(critique.critic(points), points), dim=1)
    return (norms - 1.0).square()


def _gradient(logits: Tensor, points: Tensor) -> Tensor:
    """The gradient of each logit at its own point, [B, D], in at least float32 and differentiable."""
    with torch.autocast(points.device.type, enabled=False):  # it would run the backward pass in low precision
        gradient: Tensor = torch.autograd.grad(logits.sum(), points, create_graph=True)[0]
    return gradient.flatten(1).to(torch.promote_types(gradient.dtype, torch.float32))


METHODS = (
    Method(
        name="GAN with R1",
        python="GAN(..., penalties={penalties.r1: 0.5})",
        papers=(Paper("Mescheder et al.", 2018, "https://arxiv.org/abs/1801.04406"),),
        record="ais_mnist",
    ),
    Method(
        name="WGAN-GP",
        python="GAN(..., losses.Wasserstein(), {penalties.interpolated: 10.0})",
        papers=(Paper("Gulrajani et al.", 2017, "https://arxiv.org/abs/1704.00028"),),
        in_readme=True,
    ),
)
