"""The hinge loss, of support vector machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from sparring.losses.reading import LOGITS, Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Hinge"]


@dataclass(frozen=True)
class Hinge:
    """A margin around 0 (Lim and Ye 2017, https://arxiv.org/abs/1705.02894; Miyato et al. 2018).

    D: E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))): samples beyond the margin of their side no longer matter to it.
    G: -E D(G(z)). The best D is 1 where the data are more likely and -1 elsewhere; its cost is 2 (1 - TV), with the
    total variation TV between 0 and 1.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """By how much samples miss the margin of their side."""
        self.reads.check(real, fake)
        return (1 - real).relu().mean() + (1 + fake).relu().mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-E D(G(z))."""
        self.reads.check(real, fake)
        return -fake.mean()


METHODS = (
    Method(
        name="hinge loss",
        python="GAN(..., losses.Hinge())",
        papers=(
            Paper("Lim and Ye", 2017, "https://arxiv.org/abs/1705.02894"),
            Paper("Miyato et al.", 2018, "https://arxiv.org/abs/1802.05957"),
        ),
        command="sparring train hinge",
        record="costs",
        measured="hinge, best",
    ),
)
