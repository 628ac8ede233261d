"""Feature matching: the generator makes samples whose mean features in the discriminator are those of the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from torch import Tensor, nn

from sparring.losses.across import everywhere
from sparring.losses.reading import Reading
from sparring.losses.smoothing import Wrapped
from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique

__all__ = ["METHODS", "Beside", "FeatureMatching"]


@dataclass(frozen=True)
class Beside:
    """One number a sample, and features beside it, [B, 1 + K].

    Attributes:
        reads: What the first column is.
    """

    reads: Reading

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Refuses other shapes."""
        if real.ndim != 2 or real.shape != fake.shape or real.shape[1] < 2:
            raise ValueError(
                f"the outputs have shapes {list(real.shape)} (real) and {list(fake.shape)} (fake); expected [B, 1 + K] "
                "twice, a number and features: write layers.with_features.WithFeatures(discriminator, 'layers.1')"
            )

    def shape(self, n: int) -> tuple[int, ...]:
        """[n, 5], for tests."""
        return (n, 5)

    def logits(self, output: Tensor) -> Tensor | None:
        """Those of the first column."""
        return self.reads.logits(output[..., 0])

    def seen(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """What is logged of the first column."""
        return self.reads.seen(real[:, 0], fake[:, 0])

    def critique(self, at: Critique) -> Critique:
        """The first column as the critic."""
        first = replace(
            at,
            critic=lambda x: at.critic(x)[:, 0],
            real_logits=at.real_logits[:, 0],
            fake_logits=at.fake_logits[:, 0],
        )
        return self.reads.critique(first)


@dataclass(frozen=True)
class FeatureMatching(Wrapped):
    """||E f(x) - E f(G(z))||^2 for the generator (Salimans et al. 2016, https://arxiv.org/abs/1606.03498, section 3.1).

    f is what a hidden layer of the discriminator gives, which `layers.with_features` puts beside its logits. The
    discriminator keeps its own loss, of the logits alone. The means are over the whole batch, however many ranks share
    it. In the authors' code for CIFAR the distance is that of absolute values.

    Attributes:
        loss: That of the discriminator, which reads one number a sample.

    Raises:
        TypeError: It is a module, such as `BEGAN()`.
        ValueError: It reads features.
    """

    needs_real: ClassVar[bool] = True
    across: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if isinstance(self.loss, nn.Module):
            raise TypeError(
                f"{type(self.loss).__name__} has a state, which a game would not save here: wrap a loss without state"
            )
        if len(self.loss.reads.shape(1)) != 1:
            raise ValueError(f"{type(self.loss).__name__} reads features; expected a loss of logits or energies")

    @property
    def reads(self) -> Reading:
        """What the loss reads, and features beside it."""
        return Beside(self.loss.reads)

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """That of the loss."""
        self.reads.check(real, fake)
        return self.loss.discriminator(real[:, 0], fake[:, 0])

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The squared distance of the mean features of outputs [B, 1 + K]."""
        self.reads.check(real, fake)
        gap = everywhere((real - fake)[:, 1:].mean(0, keepdim=True))  # ranks have equal shares
        return gap.mean(0).square().sum()


METHODS = (
    Method(
        name="feature matching",
        python="GAN(g, layers.with_features.WithFeatures(critic, 'layers.1'), latent, losses.FeatureMatching())",
        papers=(Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"),),
        command="sparring train tips --tip feature-matching",
        record="tips",
        measured="feature matching",
    ),
)
