"""Tabular densities: K points, a logit of D for each of them, and a generator that is a density on them.

The game in function space: points share nothing, and expectations are sums. There Goodfellow et al. (2014,
https://arxiv.org/abs/1406.2661, proposition 2) prove convergence, with the best D at each step (tutorial, Goodfellow
2016, section 5.1). The best D is p / (p + q), and G has won where q = p. G may also choose a single point,
`value(a, one_hot)`: then min-max and max-min differ (section 5.1.1, equations 16 and 17).

Example:
    >>> game = Tabular([0.5, 0.5])
    >>> round(game.value().item(), 4)  # -log 4, the value where q = p and D = 1/2
    -1.3863
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import vmap

from sparring.game import Cost, Game, Player, Round
from sparring.losses import AdversarialLoss, Minimax, adversarial
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Table", "Tabular", "tiny"]


class Table(nn.Module):
    """A free number for each point."""

    def __init__(self, values: Tensor) -> None:
        super().__init__()
        self.values = nn.Parameter(values)

    def forward(self) -> Tensor:
        """The numbers [K]."""
        return self.values


class Tabular(Game):
    """The game, in float64. It has no data: it is given the density.

    Args:
        p: The density of the data [K], positive.
        a: The logits of D [K] at the start; zeros without.
        q: The density of the generator [K] at the start; uniform without. Its parameters are logits.
        loss: What the players minimise: of logits, and not one that looks across a batch.

    Raises:
        ValueError: A density is not positive or does not sum to 1, sizes differ, or the loss is another one.
    """

    def __init__(
        self,
        p: Sequence[float],
        a: Sequence[float] | None = None,
        q: Sequence[float] | None = None,
        loss: AdversarialLoss = Minimax(),  # noqa: B008 - a frozen value
    ) -> None:
        super().__init__()
        self.loss = adversarial(loss)
        if loss.across or loss.reads.logits(torch.zeros(1)) is None:
            raise ValueError(f"the loss is {loss}; expected one of logits that takes examples one by one")
        if a is not None and len(a) != len(p):
            raise ValueError(f"a has {len(a)} numbers; expected {len(p)}, as many as there are points")
        self.register_buffer("p", _density("p", p, len(p)))
        self.logits = Table(torch.tensor(a if a is not None else [0.0] * len(p), dtype=torch.float64))
        self.model = Table(_density("q", q if q is not None else [1 / len(p)] * len(p), len(p)).log())

    def players(self) -> dict[str, Player]:
        """The discriminator, then the generator."""
        return {
            "discriminator": Player((self.logits,), self.discriminator_cost),
            "generator": Player((self.model,), self.generator_cost),
        }

    def q(self) -> Tensor:
        """The density of the generator [K]."""
        density: Tensor = self.model().softmax(0)
        return density

    def discriminator_cost(self, round: Round) -> Cost:
        """The expectation of the loss."""
        return Cost({"loss": (vmap(self.loss.discriminator)(*self.pairs()) * self.weights()).sum()})

    def generator_cost(self, round: Round) -> Cost:
        """The expectation of the loss."""
        return Cost({"loss": (vmap(self.loss.generator)(*self.pairs()) * self.weights()).sum()})

    def pairs(self) -> tuple[Tensor, Tensor]:
        """Every pair of points, the first one real and the second one generated: their logits, each [K K, 1]."""
        a = self.logits()
        real, fake = torch.cartesian_prod(a, a).unsqueeze(2).unbind(1)
        return real, fake

    def weights(self) -> Tensor:
        """How likely each pair is [K K]."""
        return torch.outer(self.get_buffer("p"), self.q()).flatten()

    def value(self, a: Tensor | None = None, q: Tensor | None = None) -> Tensor:
        """V = E_p log D + E_q log(1 - D), a scalar, here or at other logits [K] and another density [K]."""
        a, q = self.logits() if a is None else a, self.q() if q is None else q
        value: Tensor = self.get_buffer("p") @ nn.functional.logsigmoid(a) + q @ nn.functional.logsigmoid(-a)
        return value


def _density(name: str, given: Sequence[float], size: int) -> Tensor:
    density = torch.as_tensor(given, dtype=torch.float64)
    if density.shape != (size,) or not (density > 0).all() or abs(density.sum().item() - 1.0) > 1e-6:
        raise ValueError(f"{name} is {list(given)}; expected {size} positive numbers whose sum is 1")
    return density


METHODS = (
    Method(
        name="tabular densities",
        category="theory",
        python="games.theory.tabular.Tabular([0.7, 0.2, 0.1])",
        papers=(Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661"),),
        section="5.1, 5.1.1",
    ),
)


def tiny() -> tuple[Tabular, dict[str, object]]:
    """Three points, without streams."""
    return Tabular([0.5, 0.3, 0.2], [0.4, -0.2, 0.1]), {}
