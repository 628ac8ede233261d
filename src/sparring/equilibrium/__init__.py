"""The test for a local differential Nash equilibrium: `examine(game, round)`.

It says of each player whether it could do better, and whether gradient play stays near.
"""

from sparring.equilibrium.examination import examine, round_of
from sparring.equilibrium.findings import Findings, Motion, Side
from sparring.equilibrium.spectrum import Search

__all__ = ["Findings", "Motion", "Search", "Side", "examine", "round_of"]
