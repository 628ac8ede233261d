"""Top-k training: the generator learns from those of its samples that the discriminator likes most."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor, nn

from sparring.game import playing
from sparring.losses.across import everywhere
from sparring.losses.smoothing import Wrapped
from sparring.methods import Method, Paper
from sparring.schedules import Schedule, geometric

__all__ = ["METHODS", "TopK"]


@dataclass(frozen=True)
class TopK(Wrapped):
    """The generator's side at the k samples with the largest logits (Sinha et al. 2020).

    https://arxiv.org/abs/2002.06224. The gradient at a bad sample may lead away from the nearest mode, says the paper.
    k is the whole batch at first, since a discriminator must have learnt before its word counts, and falls in equal
    ratios; the default share is ours. The discriminator's side is that of the loss. The k best are those of the batch
    of all ranks.

    Attributes:
        loss: The loss of both players, which takes examples one by one.
        share: k over the size of the batch: a number in (0, 1], or a schedule of the share of the rounds that is done.
            Outside a game a schedule is at its end.

    Raises:
        TypeError: The loss is a module, such as `BEGAN()`.
        ValueError: The share is none, or the loss looks across examples.
    """

    across: ClassVar[bool] = True

    share: float | Schedule = field(default_factory=lambda: geometric(1.0, 0.5, 0.0, 0.5))

    def __post_init__(self) -> None:
        if isinstance(self.loss, nn.Module):
            raise TypeError(
                f"{type(self.loss).__name__} has a state, which a game would not save here: wrap a loss without state"
            )
        if self.loss.across or len(self.loss.reads.shape(1)) != 1:
            raise ValueError(f"{type(self.loss).__name__} looks across examples: no sample is the best by itself")
        if not callable(self.share) and not 0 < self.share <= 1:
            raise ValueError(f"the share of the batch is {self.share}; expected more than 0 and at most 1")

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """That of the loss."""
        return self.loss.discriminator(real, fake)

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """That of the loss at the k best of all samples, with the real ones they are paired with."""
        self.reads.check(real, fake)
        real, fake = everywhere(real), everywhere(fake)
        logits = self.reads.logits(fake)
        assert logits is not None, "a loss of one number a sample"
        best = logits.topk(self.k(len(fake))).indices
        return self.loss.generator(real[best], fake[best])

    def k(self, n: int) -> int:
        """How many of `n` samples count now, at least 1."""
        round = playing()
        share = self.share(1.0 if round is None else round.progress) if callable(self.share) else self.share
        return max(1, min(n, int(share * n + 0.5)))


METHODS = (
    Method(
        name="top-k training",
        python="GAN(..., losses.TopK(losses.NonSaturating(), share=schedules.geometric(1.0, 0.5)))",
        papers=(Paper("Sinha et al.", 2020, "https://arxiv.org/abs/2002.06224"),),
        command="sparring train tips --tip top-k",
        record="tips",
        measured="top-k",
    ),
)
