"""Adaptive discriminator augmentation: as many changed pictures as keep the discriminator from learning by heart.

Karras et al. (2020), "Training generative adversarial networks with limited data", https://arxiv.org/abs/2006.06676.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sparring.chance import Chance
from sparring.layers.augmented import Augmented
from sparring.layers.diff_augment import Colour, Translation
from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique
from sparring.penalties.transforms import Flip, Noise, Transform

__all__ = ["BLIT", "METHODS", "Adaptive", "Turn", "tiny"]


@dataclass(frozen=True)
class Turn:
    """Pictures turned by 0, 90, 180 or 270 degrees; those that are not square by 0 or 180."""

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, C, H, W] to the same."""
        quarters = chance.integers(f"{name} turn", high=4).to(x.device)[:, None, None, None]
        x = torch.where(quarters >= 2, x.rot90(2, (-2, -1)), x)
        return x if x.shape[-1] != x.shape[-2] else torch.where(quarters % 2 == 1, x.rot90(1, (-2, -1)), x)


BLIT = (Flip(), Turn(), Translation())
"""Changes that move pixels, the first group of the paper's, here with zeros where nothing was."""


class Adaptive(nn.Module):
    """Changes that each happen to a sample with probability p, and a control that moves p.

    A discriminator that overfits says of more and more real samples that they are real: r = E sign D(x) rises. After
    each round p moves by a small step, up where r is above a target and down where it is below. A change that happens
    seldom enough does not leak into the generated samples: from what is left one can tell what was there (section 2.2).

    It is a transform for `layers.augmented`. The control is given to the game as a penalty of the discriminator, which
    adds nothing to the cost: `penalties={adaptive.control: 1.0}`. It reads logits, which are above 0 for "real".

    The paper's changes are more, and the target is looked at every fourth round.

    Args:
        transforms: The changes, one after the other; each has a coin of its own for each sample.
        target: Of r; .6 in the paper.
        samples: Real samples seen while p goes from 0 to 1, if it goes up all the time; 500,000 in the paper.
        p: Where it begins.

    Attributes:
        p: The probability, a scalar in [0, 1]; part of the state of the game.

    Raises:
        ValueError: An argument is out of its range.
    """

    p: Tensor

    def __init__(
        self,
        transforms: tuple[Transform, ...] = (*BLIT, Colour()),
        target: float = 0.6,
        samples: float = 500_000,
        p: float = 0.0,
    ) -> None:
        super().__init__()
        if not 0 < target < 1 or not samples > 0 or not 0 <= p <= 1:
            raise ValueError(
                f"got target {target}, samples {samples} and p {p}; expected a target between 0 and 1, samples above "
                "0, and p from 0 to 1"
            )
        self.transforms, self.target, self.samples = transforms, target, samples
        self.register_buffer("p", torch.tensor(p))

    def forward(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """The samples [B, ...], some of them changed."""
        for number, transform in enumerate(self.transforms):
            heads = chance.uniform(f"{name} coin {number}").to(x.device) < self.p
            changed = transform(x, chance, f"{name} {number}")
            x = torch.where(heads.reshape(-1, *[1] * (x.ndim - 1)), changed, x)
        return x

    def control(self, critique: Critique) -> None:
        """Asks the round to move p after everybody has moved; there is no penalty."""
        signs = critique.round.gather(critique.real_logits.detach().sign())
        critique.round.later(self, lambda: self.move(signs.mean(), len(signs)))

    @torch.no_grad()
    def move(self, r: Tensor, n: int) -> None:
        """Moves p, as r, a scalar, was found over `n` real samples."""
        self.p.add_((r - self.target).sign() * n / self.samples).clamp_(0, 1)


METHODS = (
    Method(
        name="adaptive discriminator augmentation (ADA)",
        python="layers.augmented.Augmented(critic, (layers.adaptive.Adaptive(target=0.6),))",
        papers=(Paper("Karras et al.", 2020, "https://arxiv.org/abs/2006.06676"),),
        command="sparring train dcgan --augment ada",
        record="augmentation",
        measured="ada",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(Augmented(nn.Linear(4, 3), (Adaptive((Noise(0.3),), p=0.5),)), (4,), (3,))]
