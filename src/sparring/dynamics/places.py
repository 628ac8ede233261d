"""Places: the parameters of all players, to remember and to come back to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from sparring.game import Game

__all__ = ["Place", "coming_back", "go", "parameters", "place", "project"]

Place = dict[str, Tensor]
"""Parameters by their names in the game."""


def parameters(game: Game) -> Mapping[str, Tensor]:
    """The trainable parameters of all players, alive, by their names in the game."""
    return {name: p for player in game.sides() for name, p in game.strategy(player).items()}


def place(game: Game) -> Place:
    """A copy of them."""
    return {name: p.detach().clone() for name, p in parameters(game).items()}


@torch.no_grad()
def go(game: Game, there: Mapping[str, Tensor]) -> None:
    """Moves the parameters to a place; optimizers keep what they remember."""
    for name, p in parameters(game).items():
        p.copy_(there[name])


@torch.no_grad()
def project(game: Game) -> None:
    """Takes every player back into the set that it must stay in."""
    for player, side in game.sides().items():
        side.project(list(game.strategy(player).values()))


@contextmanager
def coming_back(game: Game) -> Iterator[None]:
    """Puts the parameters back when it ends, also after an error."""
    start = place(game)
    try:
        yield
    finally:
        go(game, start)
