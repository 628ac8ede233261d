"""Path length regularization: a step in the latents should change the samples equally much, wherever it is taken.

Karras et al. (2020), https://arxiv.org/abs/1912.04958, section 3.2.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sparring.methods import Method, Paper
from sparring.penalties.critique import Generation
from sparring.penalties.gradients import slopes

__all__ = ["METHODS", "PathLength"]


class PathLength(nn.Module):
    """(||J^T y|| - a)^2, [B], where J is the generator's Jacobian and a is the average of the lengths ||J^T y||.

    y is normal noise of the shape of a sample, divided by the root of the number of its pixels, as in the authors'
    code; points have one. There the latents are those after a mapping network; here they are the generator's input.
    The average is exponential, over the turns in which this is evaluated and over all ranks, and begins at 0. It moves
    after everybody has moved: a turn sees that of the turns before it, in the authors' code its own too. Use it on a
    generator: `GAN(..., regularizers={PathLength(): 2.0})`, or every few rounds, with `Lazy`.

    Args:
        decay: What is left of the average after one more turn; .99 in the authors' code.

    Attributes:
        length: The average length, a scalar.

    Raises:
        ValueError: `decay` is not in [0, 1).
    """

    __name__ = "path_length"  # of the term
    length: Tensor

    def __init__(self, decay: float = 0.99) -> None:
        super().__init__()
        if not 0 <= decay < 1:
            raise ValueError(f"decay is {decay}; expected at least 0 and less than 1, such as 0.99")
        self.decay = decay
        self.register_buffer("length", torch.zeros(()))

    def forward(self, generation: Generation) -> Tensor:
        """The penalty, [B]."""
        fake, round = generation.fake, generation.round
        noise = round.chance.normal("path length", *fake.shape[1:]).to(fake) / math.sqrt(math.prod(fake.shape[2:]))
        along = (fake * noise).flatten(1).sum(1)
        lengths: Tensor = torch.linalg.vector_norm(slopes(along, generation.latents), dim=1)
        mean = round.gather(lengths.detach()).mean()
        round.later(self, lambda: self.move(mean))
        return (lengths - self.length).square()

    @torch.no_grad()
    def move(self, length: Tensor) -> None:
        """Takes the mean length of one more turn, a scalar, into the average."""
        self.length.lerp_(length.to(self.length), 1 - self.decay)


METHODS = (
    Method(
        name="path length regularization",
        python="GAN(..., regularizers={penalties.PathLength(): 2.0})",
        papers=(Paper("Karras et al.", 2020, "https://arxiv.org/abs/1912.04958"),),
    ),
)
