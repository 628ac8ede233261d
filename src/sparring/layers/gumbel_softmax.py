"""The Gumbel-softmax: a draw from categories that can be differentiated.

Jang et al. (2016), https://arxiv.org/abs/1611.01144; Maddison et al. (2016), https://arxiv.org/abs/1611.00712.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import one_hot

__all__ = ["gumbel_softmax", "straight_through", "tiny"]


def gumbel_softmax(logits: Tensor, noise: Tensor, temperature: float) -> Tensor:
    """Nearly one category a row, [..., K], which can be differentiated (Jang et al., equation 2).

    The largest place is an exact draw from softmax(logits), whatever the temperature.

    Args:
        logits: [..., K]; minus infinity is a category that does not occur.
        noise: Standard Gumbel numbers [..., K].
        temperature: The lower, the nearer to a single 1.
    """
    return ((logits + noise) / temperature).softmax(dim=-1)


def straight_through(soft: Tensor) -> Tensor:
    """The largest place of each row [..., K] as a single 1, with the gradient of the row (Jang et al., section 2.2).

    So the values are true draws, and the gradient is not that of the values: it is biased.
    """
    hard = one_hot(soft.argmax(-1), soft.shape[-1]).to(soft)
    return hard + (soft - soft.detach())


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """No network: two functions."""
    return []
