"""A game: players, each with a cost that depends on everybody's parameters and control over its own only.

That is the definition of Goodfellow (2016), "NIPS 2016 Tutorial: Generative Adversarial Networks", section 3.1. A
`Game` says who the players are. How they move is the business of `sparring.dynamics`; playing many rounds is that of
`sparring.trainer`. `sparring/games/gan.py` is the game that named the field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import Any

from torch import Tensor, nn

from sparring.round import PLAYING, Batch, Round
from sparring.samplers import Sampler

__all__ = ["Batch", "Cost", "Game", "Player", "Projection", "Round", "playing", "projection"]

Projection = Callable[[Sequence[nn.Parameter]], None]
Control = nn.Module | nn.Parameter


def playing() -> Round | None:
    """The round of the cost that is being evaluated, or None: for layers that look across examples or draw numbers."""
    return PLAYING.get()


class Cost:
    """What a player minimises, the sum of `terms`, and what is only looked at.

    Attributes:
        terms: Named scalars.
        watch: Named scalars that are logged and not minimised.
        total: The sum of the terms, a scalar.

    Raises:
        TypeError: A term is not a tensor.
        ValueError: A term is not a scalar, or there is none.
    """

    __slots__ = ("terms", "total", "watch")

    def __init__(self, terms: Mapping[str, Tensor], watch: Mapping[str, Tensor] | None = None) -> None:
        self.terms, self.watch = terms, watch or {}
        for name, value in (*terms.items(), *self.watch.items()):
            if not isinstance(value, Tensor):
                raise TypeError(f"the term {name!r} is a {type(value).__name__}; expected a scalar tensor")
            if value.ndim:
                shape = list(value.shape)
                raise ValueError(
                    f"the term {name!r} has shape {shape}; expected a scalar: take its mean over the batch"
                )
        if not terms:
            raise ValueError("a cost has no terms; expected at least one")
        self.total: Tensor = reduce(add, terms.values())

    def __repr__(self) -> str:
        """The numbers, for those who print what a hook is given."""
        parts = [
            {name: float(f"{value.item():.4g}") for name, value in part.items()} for part in (self.terms, self.watch)
        ]
        return f"Cost({', '.join(map(str, parts if self.watch else parts[:1]))})"

    def plus(self, watch: Mapping[str, Tensor] | None = None, /, **terms: Tensor) -> Cost:
        """This cost with more terms, and with more to look at.

        Raises:
            ValueError: There is a term of that name already.
        """
        if twice := self.terms.keys() & terms.keys():
            raise ValueError(f"the cost has a term {min(twice)!r} already; expected another name")
        return Cost({**self.terms, **terms}, {**self.watch, **(watch or {})})

    def detach(self) -> Cost:
        """The same numbers without the graphs that made them."""
        there = Cost.__new__(Cost)  # what is in it has been checked
        there.terms = {name: value.detach() for name, value in self.terms.items()}
        there.watch = {name: value.detach() for name, value in self.watch.items()}
        there.total = self.total.detach()
        return there


def projection(given: Projection) -> Projection:
    """A projection, made sure of.

    Raises:
        TypeError: It is something else, such as a number; the message says what to write.
    """
    if callable(given) and not isinstance(given, type):
        return given
    bound = given if isinstance(given, float) else 0.01
    raise TypeError(f"project is {given!r}; expected a projection: write project=projections.Clip({bound})")


def unconstrained(parameters: Sequence[nn.Parameter]) -> None:
    """The projection on the whole space: it leaves the parameters as they are."""


@dataclass(frozen=True)
class Player:
    """One side of a game.

    Attributes:
        controls: The modules, or single parameters, that this player, and nobody else, may move.
        cost: Its cost at the game's present parameters, on the data and with the chance of a round. It need not detach
            anything: dynamics differentiate it in this player's parameters only.
        project: Takes its parameters back into the set they must stay in, in place, after every step.
    """

    controls: tuple[Control, ...]
    cost: Callable[[Round], Cost]
    project: Projection = unconstrained

    def __post_init__(self) -> None:
        if not isinstance(self.controls, tuple):
            raise TypeError(f"controls is a {type(self.controls).__name__}; expected a tuple, such as (self.x,)")

    def parameters(self) -> Iterable[nn.Parameter]:
        """The parameters of all that it controls."""
        for control in self.controls:
            yield from (control,) if isinstance(control, nn.Parameter) else control.parameters()


class Game(nn.Module, ABC):
    """Players over shared modules. Subclasses register the modules and say who plays."""

    decides: bool = False
    """Whether a logit of `judge` above 0 says "real": critics of some losses, such as Wasserstein, only compare."""

    @abstractmethod
    def players(self) -> dict[str, Player]:
        """The players by name, in the order of play. It is asked once and remembered: name modules, not values."""

    def sampler(self) -> Sampler:
        """What a run of this game yields; it shares the game's modules."""
        raise TypeError(f"{type(self).__name__} has no sampler: define sampler() to draw pictures or points from it")

    @property
    def has_sampler(self) -> bool:
        """Whether it yields anything: games of theory only move."""
        return type(self).sampler is not Game.sampler

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """Logits [B] of how real examples look, for reports; None if no player of the game says so.

        Args:
            x: Examples [B, ...].
            y: Labels or partners [B, ...], where the game has any.
        """
        return None

    def forward(self, player: str, round: Round) -> Cost:
        """The cost of `player`, a pure function of the parameters and the round.

        So `torch.func.functional_call(game, parameters, (player, round))` is the cost at other parameters. For
        gradients use `sparring.dynamics.gradients.gradient`, not `backward`, which goes to all players. Layers that use
        random numbers take them from the round (`sparring.layers`); torch's own generators are seeded here for others.
        Buffers are by-products of evaluating a module, not strategies: batch norm's running statistics move whenever
        their module is evaluated in training mode, whichever player's turn it is.

        Raises:
            TypeError: The player's cost is not a `Cost`.
        """
        round.enter(self)
        token = PLAYING.set(round)
        try:
            with round.autocast():
                cost = round.chance.seeding(f"cost {player}", partial(self.sides()[player].cost, round))
        finally:
            PLAYING.reset(token)
        if not isinstance(cost, Cost):
            raise TypeError(f"the cost of {player!r} is a {type(cost).__name__}; expected Cost({{name: scalar, ...}})")
        return cost

    def sides(self) -> dict[str, Player]:
        """The players, remembered as `strategy` remembers."""
        found: dict[str, Player] = self._known("sides", self.players)
        return found

    def strategy(self, player: str) -> dict[str, nn.Parameter]:
        """The trainable parameters that `player` controls, by their names in the game.

        They are remembered. Assigning a module to the game, freezing a parameter and beginning to play make it look
        again; after replacing a module inside a module, call `recount`.
        """
        flags = [p.requires_grad for p in self._known("all", lambda: list(self.parameters()))]
        if self._known("flags", lambda: flags) != flags:
            self.recount()
        found: dict[str, nn.Parameter] = self._known(f"strategy {player}", lambda: self._strategy(player))
        return found

    def _strategy(self, player: str) -> dict[str, nn.Parameter]:
        controlled = {id(p) for p in self.players()[player].parameters()}
        return {name: p for name, p in self.named_parameters() if id(p) in controlled and p.requires_grad}

    def places(self, modules: tuple[nn.Module, ...] = ()) -> list[tuple[dict[str, Any], str]]:
        """Where the parameters of these modules, or of all, are held, for `Round.once`.

        A place is a module's own dictionary and a name in it, where `torch.func.functional_call` puts others.
        """

        def look() -> list[tuple[dict[str, Any], str]]:
            every = dict.fromkeys(part for module in modules or (self,) for part in module.modules())
            held = [part._parameters for part in every]  # noqa: SLF001 - where functional_call puts others
            return [(parameters, name) for parameters in held for name, p in parameters.items() if p is not None]

        found: list[tuple[dict[str, Any], str]] = self._known(modules, look)
        return found

    def _known(self, what: object, look: Callable[[], Any]) -> Any:
        """What `look` finds, looked for once."""
        known = self.__dict__.setdefault("_found", {})
        if what not in known:
            known[what] = look()
        return known[what]

    def recount(self) -> None:
        """Forgets which modules and parameters there are: they are looked for again."""
        self.__dict__["_found"] = {}

    def __getstate__(self) -> dict[str, Any]:
        """For copies, which look for themselves."""
        return {**self.__dict__, "_found": {}}

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        self.recount()

    def check_controls(self) -> None:
        """Raises ValueError unless every trainable parameter of the game is controlled by exactly one player."""
        self.recount()
        ours = {id(p) for p in self.parameters()}
        owners: dict[str, list[str]] = {name: [] for name, p in self.named_parameters() if p.requires_grad}
        for player, side in self.players().items():
            if any(id(p) not in ours for p in side.parameters()):
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
