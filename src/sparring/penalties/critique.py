"""What a penalty looks at: one evaluation of a player's network, made once for its loss and all its penalties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Draws
from sparring.round import Batch, Round

__all__ = ["Critique", "Generation", "critique"]


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
        >>> from torch import nn
        >>> from sparring.penalties import r1
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
    raise ValueError(f"your own loop has no stream {name!r}: a penalty sees samples and logits")


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
