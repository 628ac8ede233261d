"""Fictitious play (Brown 1951, "Iterative solution of games by fictitious play")."""

from __future__ import annotations

from dataclasses import dataclass

from sparring.dynamics.finite import Answering
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "FictitiousPlay"]


@dataclass(frozen=True)
class FictitiousPlay(Answering):
    """Each player takes the best action against what the others have done so far, on average.

    A player's mixture is the average of its actions. The first mixture counts as one action, and round n moves it by
    1 / (n + 1), n = 1, 2, ... In games of sum 0 the averages approach an equilibrium (Robinson 1951); in others they
    need not (Shapley 1964).
    """

    def share(self, round: Round) -> float:
        """How much of the way."""
        return 1 / (round.number + 2)


METHODS = (
    Method(
        name="fictitious play",
        category="dynamics",
        python="dynamics.fictitious_play.FictitiousPlay()",
        papers=(Paper("Robinson", 1951, "https://doi.org/10.2307/1969530"),),
    ),
)
