"""Best response: everybody answers what the others do now, exactly."""

from __future__ import annotations

from dataclasses import dataclass

from sparring.dynamics.finite import Answering
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "BestResponse"]


@dataclass(frozen=True)
class BestResponse(Answering):
    """All players move at once to the action that is best against the others' present mixtures.

    Where no pure action is an equilibrium, as in rock, paper, scissors, it goes round for ever. `FictitiousPlay`, which
    answers averages, is the cure. With small weights these are steps of the best response dynamics of Matsui (1992).

    Attributes:
        weight: How much of the way; 1 is all of it.

    Raises:
        ValueError: The weight is not in 0..1.
    """

    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight is {self.weight}; expected 0 to 1")

    def share(self, round: Round) -> float:
        """How much of the way."""
        return self.weight


METHODS = (
    Method(
        name="best response",
        category="dynamics",
        python="dynamics.best_response.BestResponse()",
        papers=(Paper("Matsui", 1992, "https://doi.org/10.1016/0022-0531(92)90040-O"),),
    ),
)
