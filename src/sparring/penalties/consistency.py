"""Consistency regularization: the critic should say the same of a sample and of the sample changed a little.

Zhang et al. (2020), https://arxiv.org/abs/1910.12027, for real samples; Zhao et al. (2021),
https://arxiv.org/abs/2002.04724, for generated ones as well, which they call balanced.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique
from sparring.penalties.transforms import Flip, Shift, Transform

__all__ = ["METHODS", "Consistency"]

_BOTH = ("real", "fake")


@dataclass(frozen=True)
class Consistency:
    """||D(T(x)) - D(x)||^2 with random changes T, [B].

    Here D is what the loss reads, logits as a rule: what the papers call the output before the activation.

    Attributes:
        transforms: The changes, one after the other. Those given are for pictures; for points write `(Noise(0.1),)`.
        of: Of which samples: `("real",)`, or `("real", "fake")`, the balanced kind, whose two terms are added.

    Raises:
        TypeError: The transforms are no tuple of functions.
        ValueError: There is no transform, or `of` names something else.

    Example:
        >>> Consistency(of=("real", "fake")).__name__
        'consistency_real_fake'
    """

    transforms: tuple[Transform, ...] = (Flip(), Shift())
    of: tuple[str, ...] = ("real",)

    def __post_init__(self) -> None:
        if not isinstance(self.transforms, tuple) or any(isinstance(t, type) for t in self.transforms):
            raise TypeError(f"the transforms are {self.transforms!r}; expected a tuple of objects: write (Flip(),)")
        if not self.transforms:
            raise ValueError("there is no transform; expected one or more: write (Noise(0.1),)")
        if not self.of or not isinstance(self.of, tuple) or not set(self.of) <= set(_BOTH):
            raise ValueError(f"of is {self.of!r}; expected ('real',), ('fake',) or ('real', 'fake')")

    @property
    def __name__(self) -> str:
        """The term's name, which says of which samples."""
        return "_".join(("consistency", *self.of))

    def __call__(self, critique: Critique) -> Tensor:
        """The penalty, [B]."""
        values = {"real": (critique.real, critique.real_logits), "fake": (critique.fake, critique.fake_logits)}
        return torch.stack([self._change(critique, side, *values[side]) for side in self.of]).sum(0)

    def _change(self, critique: Critique, side: str, x: Tensor, said: Tensor) -> Tensor:
        """The squared change of what is said of the samples, [B]."""
        for number, transform in enumerate(self.transforms):
            x = transform(x, critique.round.chance, f"consistency {side} {number}")
        return (critique.critic(x) - said).reshape(len(x), -1).square().sum(1)


METHODS = (
    Method(
        name="CR-GAN",
        python="GAN(..., penalties={penalties.Consistency(): 10.0})",
        papers=(
            Paper("Zhang et al.", 2020, "https://arxiv.org/abs/1910.12027"),
            Paper("Zhao et al.", 2021, "https://arxiv.org/abs/2002.04724"),
        ),
    ),
)
