"""Overfitting of a discriminator: what it says of the examples it was trained on, against others of the same kind."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from sparring.metrics.bootstrap import Interval
from sparring.metrics.features import checked

__all__ = ["Overfitting", "overfitting"]


@dataclass(frozen=True)
class Overfitting:
    """What `overfitting` found.

    Attributes:
        gap: Mean logit of training examples less that of held-out ones; its interval holds 0 if none can be told.
        share: The gap over that between training examples and generated samples: 0 is no overfitting; at 1 held-out
            examples are taken for generated ones. None where generated samples have the larger logits.
    """

    gap: Interval
    share: float | None


def overfitting(training: Tensor, held_out: Tensor, generated: Tensor) -> Overfitting:
    """Compares a discriminator's logits; `share` is the r_v of Karras et al. 2020, equation 1.

    "Training generative adversarial networks with limited data" (https://arxiv.org/abs/2006.06676). Logits of a
    relativistic discriminator do as well, as only differences count. Leave its batch norm in evaluation mode.

    Args:
        training: Logits of examples that it was trained on, [n].
        held_out: Of others of the same distribution, [m].
        generated: Of generated samples, [k].

    Raises:
        ValueError: There are fewer than 20 of any, or some are not finite.
    """
    x, y, z = (
        checked(part.reshape(-1, 1), name, 20)[:, 0]
        for part, name in ((training, "training"), (held_out, "held-out"), (generated, "generated"))
    )
    gap = (x.mean() - y.mean()).item()
    reach = 1.96 * math.sqrt(x.var().item() / len(x) + y.var().item() / len(y))
    whole = (x.mean() - z.mean()).item()
    interval = Interval(gap, gap - reach, gap + reach, "normal, variances of both, level 0.95")
    return Overfitting(interval, gap / whole if whole > 0 else None)
