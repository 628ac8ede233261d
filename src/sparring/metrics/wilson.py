"""Wilson's interval: how well a share is known from a count."""

from __future__ import annotations

import math
from statistics import NormalDist

__all__ = ["wilson"]


def wilson(count: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of the probability of an event that was seen `count` times in `n`.

    Wilson (1927, "Probable inference, the law of succession, and statistical inference"): all p for which the count is
    within z standard deviations of n p. It stays in [0, 1] and holds at 0 and at n, where count/n +- z s.e. is empty.

    Args:
        count: From 0 to `n`; an effective count need not be whole.
        n: Trials, independent of each other.
        confidence: How often such intervals hold the truth, in (0, 1).

    Raises:
        ValueError: A number is out of its range.

    Example:
        >>> low, high = wilson(0, 10)
        >>> f"{low:.3f} {high:.3f}"
        '0.000 0.278'
    """
    if not (0 <= count <= n and 0 < n < math.inf):
        raise ValueError(f"got a count of {count} in {n}; expected 0 <= count <= n and a finite n above 0")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is {confidence}; expected more than 0 and less than 1, such as .95")
    share, z2 = count / n, NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    middle = share + z2 / (2 * n)
    half = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n)
    scale = 1 + z2 / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
