"""Labels that say less than they could: values that wrap a loss, and change the discriminator's side only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from sparring.game import playing
from sparring.losses.gan import NonSaturating
from sparring.losses.loss import AdversarialLoss
from sparring.losses.reading import Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "NoisyLabels", "Smoothed", "Wrapped"]


@dataclass(frozen=True)
class Wrapped(ABC):
    """A loss whose discriminator is told something else.

    Attributes:
        loss: The loss of both players.
    """

    log_ratio: ClassVar[bool] = False

    loss: AdversarialLoss = field(default_factory=NonSaturating)

    @property
    def reads(self) -> Reading:
        """As the loss."""
        return self.loss.reads

    @property
    def needs_real(self) -> bool:
        """As the loss."""
        return self.loss.needs_real

    @property
    def across(self) -> bool:
        """As the loss."""
        return self.loss.across

    @property
    def exact(self) -> float:
        """As the loss."""
        return self.loss.exact

    @abstractmethod
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the discriminator minimises."""

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """That of the loss."""
        return self.loss.generator(real, fake)


@dataclass(frozen=True)
class Smoothed(Wrapped):
    """Soft targets of the discriminator (Salimans et al. 2016, https://arxiv.org/abs/1606.03498; tutorial, 4.2).

    Its best answer is (real p + fake q) / (p + q), with p of the data and q of the model (equation 15): real = .9 and
    fake = 0 make one-sided smoothing. A target of generated samples above 0 adds peaks where only the model is.

    Attributes:
        loss: One whose discriminator minimises cross entropy, such as `NonSaturating()` or `Minimax()`.
        real: The target of real samples.
        fake: The target of generated samples, below that of real ones.

    Raises:
        ValueError: The targets are no such probabilities, or the discriminator of `loss` minimises something else.
    """

    real: float = 0.9
    fake: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.fake < self.real <= 1:
            raise ValueError(
                f"the targets are {self.real} (real) and {self.fake} (fake); expected 0 <= fake < real <= 1"
            )
        if not (self.loss.log_ratio and _is_cross_entropy(self.loss)):
            raise ValueError(
                f"the discriminator of {type(self.loss).__name__} does not minimise cross entropy, so it has no "
                "targets to smooth; write losses.Smoothed(losses.NonSaturating())"
            )

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Cross entropy with both targets."""
        self.reads.check(real, fake)
        return _cross_entropy(real, fake, self.real, self.fake)


def _cross_entropy(real: Tensor, fake: Tensor, target: float, other: float) -> Tensor:
    """-E [t log D + (1 - t) log(1 - D)] of real samples and of generated ones, each with its target t."""
    costs = [t * softplus(-logits) + (1 - t) * softplus(logits) for logits, t in ((real, target), (fake, other))]
    return costs[0].mean() + costs[1].mean()


def _is_cross_entropy(loss: AdversarialLoss) -> bool:
    """Whether the discriminator's side of a loss of logits is cross entropy, from some numbers."""
    real, fake = torch.linspace(-3, 3, 8).chunk(2)
    return torch.allclose(loss.discriminator(real, fake), _cross_entropy(real, fake, 1.0, 0.0))


@dataclass(frozen=True)
class NoisyLabels(Wrapped):
    """Now and then the discriminator is told the wrong label (Chintala et al. 2016, tip 6 of their "GAN hacks").

    A share of the pairs of a real and a generated sample change sides, as the round's chance has it, so that any loss
    can be wrapped. Under cross entropy the best discriminator is that of `Smoothed` with targets 1 - share and share.
    Outside a game there is no chance, and no label changes.

    Attributes:
        loss: The loss of both players.
        share: Of the labels that are wrong, at least 0 and below 1/2.

    Raises:
        TypeError: The loss is a module, such as `BEGAN()`.
        ValueError: The share is none.
    """

    share: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.share < 0.5:
            raise ValueError(f"the share of wrong labels is {self.share}; expected at least 0 and below 0.5")
        if isinstance(self.loss, nn.Module):
            raise TypeError(
                f"{type(self.loss).__name__} has a state, which a game would not save here: wrap a loss without state"
            )

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """That of the loss, after some pairs have changed sides."""
        self.reads.check(real, fake)
        round = playing()
        if round is None:
            return self.loss.discriminator(real, fake)
        wrong = (round.chance.uniform("noisy labels") < self.share).view(-1, *[1] * (real.ndim - 1))
        return self.loss.discriminator(torch.where(wrong, fake, real), torch.where(wrong, real, fake))


METHODS = (
    Method(
        name="one-sided label smoothing",
        python="GAN(..., losses.Smoothed(losses.NonSaturating(), real=0.9))",
        papers=(Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"),),
        section="4.2",
        command="sparring train tips --tip soft-labels",
        record="tips",
        measured="6: soft",
    ),
    Method(
        name="noisy labels",
        python="GAN(..., losses.NoisyLabels(losses.NonSaturating(), share=0.05))",
        papers=(Paper("Chintala et al.", 2016, "https://github.com/soumith/ganhacks"),),
        command="sparring train tips --tip noisy-labels",
        record="tips",
        measured="6: one",
    ),
    Method(
        name="instance noise",
        python="GAN(generator, layers.instance_noise.InstanceNoise(critic, schedules.linear(0.5, 0.0)), Normal(64))",
        papers=(
            Paper("Sønderby et al.", 2016, "https://arxiv.org/abs/1610.04490"),
            Paper("Arjovsky and Bottou", 2017, "https://arxiv.org/abs/1701.04862"),
        ),
        command="sparring train tips --tip instance-noise",
        record="tips",
        measured="13: noise",
    ),
)
