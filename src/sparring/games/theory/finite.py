"""Finite games of two players in mixed strategies (von Neumann 1928, https://doi.org/10.1007/BF01448847).

Each player has a few actions and plays each with some probability. The row's action picks the row of a matrix of
payoffs, the column's its column. A player's cost is less its mean payoff. So best answers can be enumerated, which no
game of networks allows; `pure_costs` does it, and `dynamics.fictitious_play` asks for it.

Example:
    >>> from sparring import Phase, Trainer
    >>> from sparring.dynamics.fictitious_play import FictitiousPlay
    >>> game = rock_paper_scissors()
    >>> trainer = Trainer(Phase(game, {}, {}, 1000, FictitiousPlay())).play()
    >>> [round(share, 1) for share in game.row().tolist()]
    [0.3, 0.3, 0.3]
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from sparring.game import Cost, Game, Player
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Finite", "Mixture", "matching_pennies", "rock_paper_scissors", "simplex", "tiny"]


@torch.no_grad()
def simplex(parameters: Sequence[nn.Parameter]) -> None:
    """Takes each vector [K] to the nearest probabilities, in place.

    Duchi et al. 2008, https://doi.org/10.1145/1390156.1390191, figure 1.
    """
    for p in parameters:
        ordered = p.sort(descending=True).values
        excess = (ordered.cumsum(0) - 1) / torch.arange(1, len(p) + 1, device=p.device)
        p.sub_(excess[(ordered > excess).sum() - 1]).clamp_(min=0)


class Mixture(nn.Module):
    """Probabilities of actions, [K], in float64."""

    def __init__(self, probabilities: Sequence[float]) -> None:
        super().__init__()
        self.probabilities = nn.Parameter(torch.tensor(probabilities, dtype=torch.float64))

    def forward(self) -> Tensor:
        """The probabilities [K]."""
        return self.probabilities


class Finite(Game):
    """A row and a column with a matrix of payoffs each.

    Args:
        payoffs: Of the row, [M, N].
        column_payoffs: Of the column, [M, N]; without them those of a game of sum 0, `-payoffs`.
        start: The first mixtures of row [M] and column [N]; without them every action is as likely.

    Raises:
        ValueError: The shapes do not fit, or a mixture is none.
    """

    def __init__(
        self,
        payoffs: Sequence[Sequence[float]],
        column_payoffs: Sequence[Sequence[float]] | None = None,
        start: tuple[Sequence[float], Sequence[float]] | None = None,
    ) -> None:
        super().__init__()
        rows = torch.tensor(payoffs, dtype=torch.float64)
        columns = -rows if column_payoffs is None else torch.tensor(column_payoffs, dtype=torch.float64)
        if rows.ndim != 2 or rows.shape != columns.shape:
            raise ValueError(
                f"the payoffs have shapes {list(rows.shape)} and {list(columns.shape)}; expected [M, N] twice"
            )
        self.register_buffer("rows", rows)
        self.register_buffer("columns", columns)
        first = start or tuple([1 / count] * count for count in rows.shape)
        for mixture, count in zip(first, rows.shape, strict=True):
            if len(mixture) != count or min(mixture) < 0 or abs(sum(mixture) - 1) > 1e-9:
                raise ValueError(f"a mixture is {list(mixture)}; expected {count} probabilities that add up to 1")
        self.row, self.column = map(Mixture, first)

    def players(self) -> dict[str, Player]:
        """The row, then the column."""
        return {
            "row": Player((self.row,), lambda _: Cost({"loss": self.row() @ self.pure_costs("row")}), simplex),
            "column": Player(
                (self.column,), lambda _: Cost({"loss": self.column() @ self.pure_costs("column")}), simplex
            ),
        }

    def pure_costs(self, player: str) -> Tensor:
        """What each action costs the player, [K], against the mixture of the other."""
        costs: Tensor = -(self.rows @ self.column()) if player == "row" else -(self.row() @ self.columns)
        return costs

    def exploitability(self) -> float:
        """How much both players together would gain by their best actions; 0 at an equilibrium and nowhere else."""
        mixtures = {"row": self.row(), "column": self.column()}
        gains = [mixtures[player] @ self.pure_costs(player) - self.pure_costs(player).min() for player in mixtures]
        return float(torch.stack(gains).sum().detach())


def rock_paper_scissors() -> Finite:
    """From unequal mixtures; the only equilibrium has 1/3 of each."""
    payoffs = [[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]
    return Finite(payoffs, start=([0.6, 0.3, 0.1], [0.2, 0.2, 0.6]))


def matching_pennies() -> Finite:
    """The row wins if both show the same side; from unequal mixtures. The only equilibrium has 1/2 of each."""
    return Finite([[1.0, -1.0], [-1.0, 1.0]], start=([0.8, 0.2], [0.6, 0.4]))


METHODS = (
    Method(
        name="finite games in mixed strategies",
        category="theory",
        python="games.theory.finite.Finite([[1, -1], [-1, 1]]), games.theory.finite.rock_paper_scissors()",
        papers=(Paper("von Neumann", 1928, "https://doi.org/10.1007/BF01448847"),),
    ),
)


def tiny() -> tuple[Finite, dict[str, object]]:
    """Rock, paper, scissors, without streams."""
    return rock_paper_scissors(), {}
