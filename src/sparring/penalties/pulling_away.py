"""The pulling-away term: generated samples whose codes point in different directions.

Zhao et al. (2016), https://arxiv.org/abs/1609.03126.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import normalize

from sparring.methods import Method, Paper
from sparring.penalties.critique import Generation

__all__ = ["METHODS", "PullingAway"]


def _itself(x: Tensor) -> Tensor:
    return x


@dataclass(frozen=True)
class PullingAway:
    """For each sample the mean, over all others of the batch, of the squared cosine between their codes, [B].

    0 where codes are orthogonal, 1 where they are parallel or opposite; its mean over a batch is the paper's term. Use
    it on a generator: `GAN(..., regularizers={PullingAway(discriminator.encoder): 0.1})`. Only the generator moves.

    Attributes:
        encoder: From samples [B, ...] to codes [B, ...], such as the encoder of the discriminator; else samples
            themselves.
    """

    __name__: ClassVar[str] = "pulling_away"  # of the term

    encoder: Callable[[Tensor], Tensor] = _itself

    def __call__(self, generation: Generation) -> Tensor:
        """The penalty, [B]."""
        codes = normalize(self.encoder(generation.fake).flatten(1), dim=1)
        everybody = generation.round.gather(codes)
        squares = (codes @ everybody.T).square().sum(1) - codes.square().sum(1).square()
        return squares / max(1, len(everybody) - 1)


METHODS = (
    Method(
        name="pulling-away term (EBGAN-PT)",
        python="GAN(..., regularizers={penalties.PullingAway(encoder): 0.1})",
        papers=(Paper("Zhao et al.", 2016, "https://arxiv.org/abs/1609.03126"),),
    ),
)
