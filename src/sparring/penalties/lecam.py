"""LeCam regularization, for few data: logits are held near moving averages of the other side's.

Tseng et al. (2021), https://arxiv.org/abs/2104.03310.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique

__all__ = ["METHODS", "LeCam"]


class LeCam(nn.Module):
    """(D(x) - f)^2 + (D(G(z)) - r)^2, [B], where r and f are averages of the logits of real and generated samples.

    The averages are exponential, over the turns in which this is evaluated and over all ranks. They have no bias
    towards 0, where they begin. They move after everybody has moved: a turn sees those of the turns before it. The
    authors' code lets a turn see its own too, and takes only the positive part of D(x) - f and of r - D(G(z)). In a
    loop of your own, where nobody moves buffers, call `move` after each step.

    Args:
        decay: What is left of an average after one more turn; .99 in the authors' code.

    Attributes:
        real: The average logit of real samples, a scalar.
        fake: That of generated samples, a scalar.
        count: How many turns are in them.

    Raises:
        ValueError: `decay` is not in [0, 1).
    """

    __name__ = "lecam"  # of the term
    real: Tensor
    fake: Tensor
    count: Tensor

    def __init__(self, decay: float = 0.99) -> None:
        super().__init__()
        if not 0 <= decay < 1:
            raise ValueError(f"decay is {decay}; expected at least 0 and less than 1, such as 0.99")
        self.decay = decay
        for name in ("real", "fake", "count"):
            self.register_buffer(name, torch.zeros(()))

    def forward(self, critique: Critique) -> Tensor:
        """The penalty, [B]."""
        means = [critique.round.gather(x.detach()).mean() for x in (critique.real_logits, critique.fake_logits)]
        critique.round.later(self, lambda: self.move(*means))
        return (critique.real_logits - self.fake).square() + (critique.fake_logits - self.real).square()

    @torch.no_grad()
    def move(self, real: Tensor, fake: Tensor) -> None:
        """Takes the mean logits of one more turn, scalars, into the averages."""
        self.count.add_(1)
        weight = (1 - self.decay) / (1 - self.decay**self.count)  # what takes away the bias towards 0
        self.real.lerp_(real.to(self.real), weight)
        self.fake.lerp_(fake.to(self.fake), weight)


METHODS = (
    Method(
        name="LeCam",
        python="GAN(..., penalties={penalties.LeCam(): 0.3})",
        papers=(Paper("Tseng et al.", 2021, "https://arxiv.org/abs/2104.03310"),),
    ),
)
