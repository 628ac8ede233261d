"""Does a generator return its training data? The nearest examples, to look at, and a test."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.metrics.features import checked, pair
from sparring.metrics.neighbours import nearest
from sparring.metrics.wilson import wilson

__all__ = ["Memorisation", "Nearest", "memorisation", "nearest_training"]


@dataclass(frozen=True)
class Nearest:
    """The nearest training example of each generated sample.

    Attributes:
        index: Its place in the training data, [n].
        distance: Euclidean, in the units of the features, [n].
    """

    index: Tensor
    distance: Tensor


def nearest_training(training: Tensor, generated: Tensor) -> Nearest:
    """For each generated sample [n, ...] the nearest training example [N, ...]: show them side by side.

    Raises:
        ValueError: There is none of either, sizes differ, or values are not finite.
    """
    x, y = pair(training, generated, 1)
    squared, index = nearest(y, x)
    return Nearest(index[:, 0], squared[:, 0].sqrt())


@dataclass(frozen=True)
class Memorisation:
    """What `memorisation` found.

    Attributes:
        share: Of the generated samples, those nearer to a training example than to any held-out one; ties left out.
        expected: The same for a generator that knows nothing of single training examples: 1/2 for equal counts.
        interval: Of the share, with a confidence of about 1 - 2 `level`; less where few examples have most samples.
        level: How often an honest generator is accused.
        ties: Generated samples as near to a held-out example as to a training one.
    """

    share: float
    expected: float
    interval: tuple[float, float]
    level: float
    ties: int

    @property
    def copies(self) -> bool:
        """The verdict: the generator is nearer to its training data than chance explains."""
        return self.interval[0] > self.expected


def memorisation(training: Tensor, held_out: Tensor, generated: Tensor, *, level: float = 0.01) -> Memorisation:
    """Tests whether generated samples are nearer to training examples than to held-out ones of the same distribution.

    The idea is that of the three-sample test (Meehan et al. 2020, https://arxiv.org/abs/2004.05675). For a generator
    that does not depend on which examples were trained on, names of training and held-out examples can be exchanged, so
    a nearest example is a training one as often as training examples are of all. This holds whatever the generator's
    quality. But samples beside one example share its name: they are not independent, and a binomial test accuses the
    honest far more often than it says. Let n_i be the samples nearest to example i. Exchanging names, the variance of
    the share is that of independent samples times var(n_i) / mean(n_i), so the interval is Wilson's for the number of
    samples divided by that (an effective sample size, as of surveys: Korn and Graubard 1998), and never narrower than
    the binomial one.

    It is blind to copies of fewer than about six examples, as names may have fallen so by chance: look at
    `nearest_training`. Distances must mean something: take features of pictures. Duplicates of training examples among
    the held-out ones, or held-out examples from elsewhere, make it void.

    Args:
        training: What the generator was trained on, [N, ...], all of it.
        held_out: As much of the same distribution as there is, never trained on, [M, ...].
        generated: Samples, [n, ...]; beyond a few for each example they add little.
        level: The probability of accusing an honest generator, less than 1/2.

    Raises:
        ValueError: There are fewer than 20 of any, all are ties, sizes differ, or values are not finite.
    """
    if not 0 < level < 0.5:
        raise ValueError(f"the level is {level}; expected more than 0 and less than .5, such as .01")
    x = checked(training, "training", 20, "look at nearest_training")
    x, y = pair(x, generated, 20, "look at nearest_training")
    z = pair(checked(held_out, "held-out", 20, "look at nearest_training"), y)[0]
    (to_training, i), (to_held_out, j) = ((part[:, 0] for part in nearest(y, other)) for other in (x, z))
    owner = torch.where(to_training < to_held_out, i, j + len(x))[to_training != to_held_out]
    counts = torch.bincount(owner, minlength=len(x) + len(z)).double()
    n = counts.sum().item()
    if not n:
        raise ValueError("each sample is as near to a held-out example as to a training one: are both sets the same?")
    near = counts[: len(x)].sum().item()
    independent = n / max(1.0, (counts.var() / counts.mean()).item())
    interval = wilson(near / n * independent, independent, 1 - 2 * level)
    return Memorisation(near / n, len(x) / len(counts), interval, level, len(y) - int(n))
