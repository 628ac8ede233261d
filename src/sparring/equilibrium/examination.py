"""The test for a local differential Nash equilibrium, and whether gradient play stays near it.

The tutorial (Goodfellow 2016, https://arxiv.org/abs/1701.00160) takes these equilibria for the solutions of a game:
section 3.1, after Ratliff et al. (2013), "Characterization and computation of local Nash equilibria in continuous
games". Every player's cost has a local minimum in its own parameters. The test: each gradient is 0 and each Hessian
positive definite. A semidefinite one is degenerate. Section 8.2 has V = xy as such a case, and warns that not every
saddle point is an equilibrium.

Example:
    >>> from sparring.games.theory.xy import XY
    >>> game = XY(0.0, 0.0)
    >>> print(examine(game, round_of(game)))
    degenerate: the cost of 'x' is flat along x.value, and the cost of 'y' is flat along y.value
    player  parameters  gradient  smallest curvature  largest curvature
    x                1         0                   0                  0
    y                1         0                   0                  0
    gradient play circles: steps of any size lead away; eigenvalues of its motion: 0 ± 1i
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from sparring.equilibrium.findings import Findings, Motion, Side
from sparring.equilibrium.products import Products
from sparring.equilibrium.spectrum import Search, Spectrum, spectrum
from sparring.game import Game
from sparring.phase import Phase, Source
from sparring.round import Round
from sparring.trainer import Trainer

__all__ = ["examine", "round_of"]


def examine(
    game: Game, round: Round, *, still: float | None = None, flat: float | None = None, search: Search | None = None
) -> Findings:
    """Tests the game's present parameters, with the data and chance of a round. The game stays as it is.

    A cost on a batch is a sample of the true cost: take a large batch. Parameters must be free to move: a projection is
    not looked at.

    Args:
        game: The game.
        round: The data and chance, such as `round_of(game, streams)`.
        still: A gradient of at most this length counts as 0. Without it, the square root of the precision: 1.5e-8 for
            float64, 3.5e-4 for float32. With a batch of n, noise alone is about 1/sqrt(n) long.
        flat: An eigenvalue counts as 0 if it is at most this many times the largest one of all players and the motion.
            Without it, the same square root.
        search: How to look for eigenvalues.

    Raises:
        FloatingPointError: A gradient is not finite.
        ValueError: A tolerance is negative.

    Example:
        >>> from sparring.games.theory.xy import XY
        >>> examine(game := XY(1.0, 0.0), round_of(game)).verdict
        "not an equilibrium: player 'y' could do better along y.value, against its gradient"
    """
    for name, value in (("still", still), ("flat", flat)):
        if value is not None and value < 0:
            raise ValueError(f"{name} is {value}; expected 0 or more")
    how, at = search or Search(), Products(game, round)
    with _restored(game):
        gradients = {player: at.gradient(player) for player in at.players}
        if wrong := [player for player, slope in gradients.items() if not slope.isfinite().all()]:
            raise FloatingPointError(f"the gradient of {wrong[0]!r} is not finite; expected numbers: train less far")
        own = {player: _spectrum(at, (player,), how, symmetric=True, sign=1.0) for player in at.players}
        motion = _spectrum(at, at.players, how, symmetric=False, sign=-1.0)
    rounding = math.sqrt(torch.finfo(at.zeros(at.players).dtype).eps)
    scale = max(found.values.abs().max().item() for found in (*own.values(), motion))
    zero = scale * (rounding if flat is None else flat)
    sides = {
        player: _side(at, player, gradients[player], own[player], rounding if still is None else still, zero)
        for player in at.players
    }
    return Findings(sides, _motion(motion, zero))


def round_of(
    game: Game, streams: Mapping[str, Source] | None = None, *, batch: int = 256, micro: int = 1, seed: int = 0
) -> Round:
    """Data and chance for `examine`, without a trainer.

    Args:
        game: The game.
        streams: Where its data come from, as in a `Phase`; none for a game without data.
        batch: Examples.
        micro: In how many parts derivatives are computed, for less memory.
        seed: Decides data and chance.
    """
    return next(Trainer(Phase(game, {}, streams or {}, 1, batch=batch, micro=micro), seed=seed).turns())


@contextmanager
def _restored(game: Game) -> Iterator[None]:
    """Puts the buffers back that evaluating a game moves, such as batch norm's."""
    before = [(buffer, buffer.clone()) for buffer in game.buffers()]
    try:
        yield
    finally:
        for buffer, value in before:
            buffer.copy_(value)


def _spectrum(at: Products, players: tuple[str, ...], search: Search, *, symmetric: bool, sign: float) -> Spectrum:
    return spectrum(lambda v: sign * at.transposed(players, v), at.zeros(players), symmetric=symmetric, search=search)


def _side(at: Products, player: str, slope: Tensor, own: Spectrum, still: float, flat: float) -> Side:
    """How a player stands, of its gradient [n] and the spectrum of its Hessian."""
    length, values = slope.norm().item(), own.values.real
    direction = -slope / length if length > still else own.lowest * (-1 if own.lowest @ slope > 0 else 1)
    parts = at.named(player, direction)
    return Side(
        player=player,
        parameters=len(slope),
        gradient=length,
        smallest=values[-1].item(),
        largest=values[0].item(),
        residual=own.residuals[-1].item(),
        still=still,
        flat=flat,
        along=_most(parts),
        direction=parts,
    )


def _most(parts: Mapping[str, Tensor]) -> str:
    """The parameters that have most of a unit vector: the one with the largest share, and a second one."""
    shares = {name: part.square().sum().item() for name, part in parts.items()}
    largest = sorted(shares, key=lambda name: -shares[name])[:2]
    if shares[largest[0]] > 0.9:
        return largest[0]
    return " and ".join(f"{name} ({shares[name]:.0%})" for name in largest)


def _motion(found: Spectrum, zero: float) -> Motion:
    residual = found.residuals[0].item()
    return Motion(tuple(map(complex, found.values.tolist())), residual, found.exact, zero)
