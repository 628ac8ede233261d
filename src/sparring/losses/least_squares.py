"""The loss of a least squares GAN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from sparring.losses.reading import Reading, Scalars
from sparring.methods import Method, Paper

__all__ = ["METHODS", "LeastSquares"]


@dataclass(frozen=True)
class LeastSquares:
    """Regression to labels (Mao et al. 2016, https://arxiv.org/abs/1611.04076).

    D: E (D(x) - b)^2 + E (D(G(z)) - a)^2. G: E (D(G(z)) - c)^2. No factor 1/2, as everywhere here; the paper has one.
    The best D is (b p + a q) / (p + q), with p of the data and q of the model. With a = -1, b = 1 and c = 0 the
    generator descends integral (p - q)^2 / (p + q), a chi-squared divergence between p + q and 2q.

    Attributes:
        fake: a, the discriminator's label of generated samples.
        real: b, that of real ones, which is larger.
        wanted: c, what the generator wants to be called.

    Raises:
        ValueError: The label of real samples, or the wanted one, is not above that of generated ones.
    """

    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    fake: float = 0.0
    real: float = 1.0
    wanted: float = 1.0

    def __post_init__(self) -> None:
        if not (self.fake < self.real and self.fake < self.wanted):
            raise ValueError(f"got {self}; expected labels `real` and `wanted` above `fake`")

    @property
    def reads(self) -> Reading:
        """Any real numbers; those above the middle between both labels say "real"."""
        return Scalars(middle=(self.real + self.fake) / 2)

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """How far the outputs are from their labels."""
        self.reads.check(real, fake)
        return (real - self.real).square().mean() + (fake - self.fake).square().mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """How far they are from the wanted one."""
        self.reads.check(real, fake)
        return (fake - self.wanted).square().mean()


METHODS = (
    Method(
        name="least squares GAN (LSGAN)",
        python="GAN(..., losses.LeastSquares())",
        papers=(Paper("Mao et al.", 2016, "https://arxiv.org/abs/1611.04076"),),
        command="sparring train lsgan",
        record="costs",
        measured="lsgan, best",
    ),
)
