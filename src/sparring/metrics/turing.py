"""The share of pictures that people take for what they are not, with an interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sparring.metrics.wilson import wilson

__all__ = ["Share", "Tally", "tally"]


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    n: int

    @property
    def rate(self) -> float:
        """The share in [0, 1]."""
        return self.count / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95% interval by Wilson."""
        return wilson(self.count, self.n)


@dataclass(frozen=True)
class Tally:
    """What people answered.

    Attributes:
        wrong: All pictures taken for what they are not. Half is what guessing gives. In Salimans et al. (2016),
            https://arxiv.org/abs/1606.03498, it was 21.3% on CIFAR-10.
        fooled: The generated pictures taken for real. In Denton et al. (2015, LAPGAN),
            https://arxiv.org/abs/1506.05751, it was about 40% on CIFAR-10.
    """

    wrong: Share
    fooled: Share


def tally(answers: Iterable[tuple[bool, bool]]) -> Tally:
    """Counts answers: pairs of whether a picture was generated, and whether somebody said so.

    Raises:
        ValueError: No picture was generated, or none was real.
    """
    answers = list(answers)
    generated = [said for truth, said in answers if truth]
    if not 0 < len(generated) < len(answers):
        raise ValueError(
            f"{len(generated)} of {len(answers)} pictures were generated; expected some of both kinds: a test of one "
            "kind measures nothing"
        )
    wrong = sum(truth != said for truth, said in answers)
    return Tally(Share(wrong, len(answers)), Share(generated.count(False), len(generated)))
