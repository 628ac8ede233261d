"""A game: players, each with a cost that depends on everybody's parameters and control over its own only.

That is the definition of Goodfellow (2016), "NIPS 2016 Tutorial: Generative Adversarial Networks", section 3.1. A
`Game` says who the players are. How they move is the business of `sparring.dynamics`; playing many rounds is that of
`sparring.trainer`. `sparring/games/gan.py` is the game that named the field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.samplers import Sampler

__all__ = ["Batch", "Cost", "Game", "Player", "Projection", "Round"]

T = TypeVar("T")
Projection = Callable[[Sequence[nn.Parameter]], None]


@dataclass(frozen=True)
class Cost:
    """What a player minimises, the sum of `terms`, and what is only looked at.

    Attributes:
        terms: Named scalars.
        watch: Named scalars that are logged and not minimised.

    Raises:
        ValueError: A term is not a scalar.
    """

    terms: Mapping[str, Tensor]
    watch: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in {**self.terms, **self.watch}.items():
            if value.ndim:
                shape = list(value.shape)
                raise ValueError(
                    f"the term {name!r} has shape {shape}; expected a scalar: take its mean over the batch"
                )

    @property
    def total(self) -> Tensor:
        """The sum of the terms, a scalar."""
        return reduce(add, self.terms.values())

    def detach(self) -> Cost:
        """The same numbers without the graphs that made them."""
        return Cost({k: v.detach() for k, v in self.terms.items()}, {k: v.detach() for k, v in self.watch.items()})


def unconstrained(parameters: Sequence[nn.Parameter]) -> None:
    """The projection on the whole space: it leaves the parameters as they are."""


@dataclass(frozen=True)
class Player:
    """One side of a game.

    Attributes:
        controls: The modules whose parameters this player, and nobody else, may move.
        cost: Its cost at the game's present parameters, on the data and with the chance of a round.
        project: Takes its parameters back into the set they must stay in, in place, after every step.
    """

    controls: tuple[nn.Module, ...]
    cost: Callable[[Round], Cost]
    project: Projection = unconstrained


class Game(nn.Module, ABC):
    """Players over shared modules. Subclasses register the modules and say who plays."""

    @abstractmethod
    def players(self) -> dict[str, Player]:
        """The players by name, in the order of play."""

    def sampler(self) -> Sampler:
        """What a run of this game yields; it shares the game's modules."""
        raise TypeError(f"{type(self).__name__} has no sampler: define sampler() to draw pictures or points from it")

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """Logits [B] of how real examples look, for reports; None if no player of the game says so.

        Args:
            x: Examples [B, ...].
            y: Labels or partners [B, ...], where the game has any.
        """
        return None

    def forward(self, player: str, round: Round) -> Cost:
        """The cost of `player`, a pure function of the parameters and the round.

        So `torch.func.functional_call(game, parameters, (player, round))` is the cost at other parameters. Dropout
        and its like draw from the round too. Buffers are by-products of evaluating a module, not strategies: batch
        norm's running statistics move whenever their module is evaluated in training mode, whoever's turn it is.
        """
        round.settle(self)
        with round.key.fold("cost", player).seeded(), round.autocast():
            return self.players()[player].cost(round)

    def strategy(self, player: str) -> dict[str, nn.Parameter]:
        """The trainable parameters that `player` controls, by their names in the game."""
        controlled = {id(p) for module in self.players()[player].controls for p in module.parameters()}
        return {name: p for name, p in self.named_parameters() if id(p) in controlled and p.requires_grad}

    @contextmanager
    def turn(self, *players: str) -> Iterator[dict[str, list[nn.Parameter]]]:
        """A context in which only these players' parameters require gradients; what was frozen stays frozen.

        Yields:
            For each of the players, the parameters it may move.
        """
        sides, everything = self.players(), list(self.parameters())
        trainable = {id(p) for p in everything if p.requires_grad}
        strategies = {
            player: [p for module in sides[player].controls for p in module.parameters() if id(p) in trainable]
            for player in players
        }
        movers = {id(p) for strategy in strategies.values() for p in strategy}
        try:
            for p in everything:
                p.requires_grad_(id(p) in movers)
            yield strategies
        finally:
            for p in everything:
                p.requires_grad_(id(p) in trainable)

    def check_controls(self) -> None:
        """Raises ValueError unless every trainable parameter of the game is controlled by exactly one player."""
        ours = {id(p) for p in self.parameters()}
        owners: dict[str, list[str]] = {name: [] for name, p in self.named_parameters() if p.requires_grad}
        for player, side in self.players().items():
            if any(id(p) not in ours for module in side.controls for p in module.parameters()):
                raise ValueError(
                    f"{player!r} controls a module that is not part of the game: assign it to an attribute"
                )
            for name in self.strategy(player):
                owners[name].append(player)
        for name, who in owners.items():
            if len(who) > 1:
                raise ValueError(f"the parameter {name!r} is controlled by {who}: exactly one player may move it")
            if not who:
                raise ValueError(f"no player controls {name!r}: add its module to a player's controls or freeze it")


@dataclass(frozen=True)
class Batch:
    """What a stream yields: examples `x` [B, ...] and, where there are any, labels or partners `y` [B, ...].

    Pictures [B, C, H, W] may be uint8 in 0..255; a round hands them to the players as floats in [-1, 1].
    """

    x: Tensor
    y: Tensor | None = None


class Round:
    """The data and the chance of one turn. Evaluating a cost twice in the same round gives the same value.

    Attributes:
        key: The chance of this turn.
        batch: The number of examples a player draws.
        number: How many rounds of its phase the trainer has finished; penalty weights may be functions of it.
    """

    def __init__(
        self,
        draw: Callable[[str], Batch],
        key: Key,
        *,
        batch: int,
        number: int = 0,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        fast: torch.dtype | None = None,
    ) -> None:
        self.key, self.batch, self.number = key, batch, number
        self._draw, self._device, self._dtype, self._fast = draw, torch.device(device), dtype, fast
        self._drawn: dict[str, Batch] = {}
        self._shared: dict[str, object] = {}
        self._parameters: tuple[Tensor, ...] = ()
        self._state: object = None

    def stream(self, name: str) -> Batch:
        """The batch of the stream `name`, drawn when it is first asked for, on the game's device."""
        if name not in self._drawn:
            with torch.no_grad(), self.key.fold("stream", name).seeded():
                batch = self._draw(name)
            self._drawn[name] = Batch(self.place(batch.x), None if batch.y is None else self.place(batch.y))
        return self._drawn[name]

    def place(self, value: Tensor) -> Tensor:
        """`value` on the game's device: floats in its precision, bytes as pictures in [-1, 1] or else as int64."""
        value = value.to(self._device, non_blocking=True)
        if value.dtype == torch.uint8:
            return value.to(self._dtype).div_(127.5).sub_(1.0) if value.ndim >= 3 else value.long()
        return value.to(self._dtype) if value.is_floating_point() else value

    def autocast(self) -> AbstractContextManager[object]:
        """A context in which matrix products have the precision `fast`, if there is one."""
        return torch.autocast(self._device.type, self._fast) if self._fast else nullcontext()

    def once(self, name: str, compute: Callable[[], T]) -> T:
        """The value of `compute()`, shared by all players of the game.

        It is computed again after a parameter has moved or was frozen, or when gradients were switched on or off.
        """
        if name not in self._shared:
            with self.key.fold("once", name).seeded():
                self._shared[name] = compute()
        return cast("T", self._shared[name])

    def settle(self, game: nn.Module) -> None:
        """Forgets what was shared if `game` is not as it was. `Game.forward` calls it."""
        parameters = tuple(game.parameters())
        versions = [(id(p), p._version, p.requires_grad) for p in parameters]  # noqa: SLF001
        state = (versions, game.training, torch.is_grad_enabled())
        if state != self._state:
            self.forget()
        # Holding the tensors keeps their ids from being used again.
        self._parameters, self._state = parameters, state

    def forget(self) -> None:
        """Forgets what was shared: the graphs behind it have been used up."""
        self._shared.clear()
