"""Selection: samplers that draw again until a judge, such as the discriminator, is content.

The best samples by the discriminator look better, and are less diverse: figure 28 of the tutorial (Goodfellow 2016) is
chosen so, "cherry-picked". Rejection sampling by the discriminator (Azadi et al. 2019) chooses such that the samples
are distributed like the data, if the discriminator is the best one and the generator makes all that there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.methods import TUTORIAL, Method, Paper
from sparring.samplers import Sampler

__all__ = ["METHODS", "Acceptance", "Judge", "Selected", "best", "rejection"]

Judge = Callable[[Tensor, Tensor | None], Tensor]
"""From samples [n, ...], and what they were asked for, to logits [n]: the larger, the more real."""

Acceptance = Callable[[Tensor], Tensor]
"""From logits [n] to the probabilities [n] with which samples are kept."""

_POOL = -(2**39)
"""The seed of samples by which limits are set, beyond those that people take."""


class Selected(Sampler):
    """Samples of another sampler, each drawn again until it is accepted.

    Sample i still depends on the seed, on i and on what it is given alone. It is the first one that is accepted of
    those that the other sampler gives as sample i of some seeds; after too many tries, the one with the largest logit.

    Args:
        sampler: Makes the samples, settled.
        judge: Gives logits of them.
        acceptance: Says how likely they are kept.
        tries: The most times that one is drawn.
    """

    def __init__(self, sampler: Sampler, judge: Judge, acceptance: Acceptance, tries: int = 1000) -> None:
        super().__init__()
        if tries < 1:
            raise ValueError(f"samples are drawn {tries} times; expected 1 or more")
        self.sampler, self.judge, self.acceptance, self.tries = sampler, judge, acceptance, tries
        self.kind, self.condition = sampler.kind, sampler.condition

    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """`n` samples [n, ...] on the CPU."""
        asked = self.given(n, seed) if given is None else given[torch.arange(n) % len(given)]
        kept, logits, left = self._drawn(n, asked, seed, 0)
        for attempt in range(1, self.tries):
            if not left.any():
                break
            first = int(left.nonzero().max()) + 1  # rows behind it are all settled
            x, said, again = self._drawn(first, None if asked is None else asked[:first], seed, attempt)
            taken = left[:first] & (~again | (said > logits[:first]))
            kept[:first][taken], logits[:first][taken] = x[taken], said[taken]
            left[:first] &= again
        return kept

    def _drawn(self, n: int, asked: Tensor | None, seed: int, attempt: int) -> tuple[Tensor, Tensor, Tensor]:
        """The samples of an attempt, their logits, and which are refused."""
        x = self.sampler.sample(n, given=asked, seed=seed * self.tries + attempt)
        logits = self.judge(x, asked)
        luck = Key(seed, ("selection", attempt)).uniform("luck", (n,), logits.dtype)
        return x.clone(), logits.clone(), luck.to(logits.device) >= self.acceptance(logits)


def best(sampler: Sampler, judge: Judge, share: float, pool: int = 1000) -> Selected:
    """The samples whose logit is among the largest.

    Args:
        sampler: Makes the samples, settled.
        judge: Gives logits of them.
        share: How many of all are kept, above 0 and at most 1.
        pool: Samples by which the limit is set.

    Raises:
        ValueError: The share is none.
    """
    if not 0 < share <= 1:
        raise ValueError(f"the share that is kept is {share}; expected more than 0 and at most 1")
    limit = _pooled(sampler, judge, pool).sort(descending=True).values[max(1, round(share * pool)) - 1]
    limit = limit if share < 1 else limit - torch.inf
    return Selected(sampler, judge, lambda logits: (logits >= limit).to(logits.dtype))


def rejection(sampler: Sampler, judge: Judge, gamma: float = 0.0, pool: int = 10_000) -> Selected:
    """Discriminator rejection sampling (Azadi et al. 2019, https://arxiv.org/abs/1810.06758).

    A sample is kept with probability sigmoid(F - gamma), F = d - M - log(1 - exp(d - M)), where d is its logit and M
    the largest one of a pool. With gamma = 0 that is exp(d - M) = (p / q) / max (p / q) where d is log p / q, as the
    best discriminator has it, and the samples that are kept have the density p. Here M stays as it is where a sample
    has a larger logit, which is kept then, and the discriminator is as its run left it.

    Args:
        sampler: Makes the samples, settled.
        judge: Gives logits that are log ratios; see `log_ratio` of a loss.
        gamma: Above 0 fewer samples are kept, below more.
        pool: Samples of which M is the largest logit.
    """
    largest = _pooled(sampler, judge, pool).max()

    def acceptance(logits: Tensor) -> Tensor:
        ratio = (logits - largest).clamp(max=0).exp()
        return ratio / (ratio + (1 - ratio) * math.exp(gamma))

    return Selected(sampler, judge, acceptance)


def _pooled(sampler: Sampler, judge: Judge, pool: int) -> Tensor:
    """The logits of a pool of samples."""
    asked = sampler.given(pool, _POOL)
    return judge(sampler.sample(pool, given=asked, seed=_POOL), asked)


METHODS = (
    Method(
        name="samples chosen by the discriminator",
        python="selection.best(sampler, judge, share=0.1)",
        papers=(TUTORIAL,),
        section="5.1.1",
        figure="28",
        command="sparring sample RUN --best 0.1",
    ),
    Method(
        name="discriminator rejection sampling",
        python="selection.rejection(sampler, judge)",
        papers=(Paper("Azadi et al.", 2019, "https://arxiv.org/abs/1810.06758"),),
        command="sparring sample RUN --reject",
    ),
)
