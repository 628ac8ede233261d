"""Divergences read off logits that are log p_data / p_model, to be watched while a GAN trains."""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor
from torch.nn.functional import softplus

from sparring.losses.loss import AdversarialLoss

__all__ = ["estimates", "jensen_shannon", "kullback_leibler", "reverse_kullback_leibler"]


def kullback_leibler(real: Tensor, fake: Tensor) -> Tensor:
    """KL(p_data, p_model) = E log p_data / p_model over real samples, in nats; right at the best discriminator only."""
    return real.mean()


def reverse_kullback_leibler(real: Tensor, fake: Tensor) -> Tensor:
    """KL(p_model, p_data), in nats: the other way round."""
    return -fake.mean()


def jensen_shannon(real: Tensor, fake: Tensor) -> Tensor:
    """The Jensen-Shannon divergence, in nats, at most log 2: a lower bound whatever the discriminator.

    From the minimax cost, which is log 4 - 2 JS at the best one (Goodfellow et al. 2014, theorem 1).
    """
    return math.log(2.0) - (softplus(-real).mean() + softplus(fake).mean()) / 2


def estimates(loss: AdversarialLoss) -> dict[str, Callable[[Tensor, Tensor], Tensor]]:
    """KL, reverse KL and Jensen-Shannon of the present model, for `GAN(..., watch=losses.estimates(loss))`.

    Args:
        loss: The loss the discriminator is trained by.

    Raises:
        ValueError: The logit of the loss is not a log ratio.
    """
    if not loss.log_ratio:
        raise ValueError(
            f"the logit of {type(loss).__name__} is not log p_data / p_model, so it estimates no divergence. "
            "Take one that states log_ratio, such as losses.NonSaturating()"
        )
    return {"kl": kullback_leibler, "reverse_kl": reverse_kullback_leibler, "js": jensen_shannon}
