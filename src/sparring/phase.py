"""A phase: a stretch of rounds of one game, and where the data come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from numbers import Integral
from typing import Any, Protocol

from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from sparring.chance import Key
from sparring.dynamics.alternating import Alternating
from sparring.dynamics.dynamics import Dynamics
from sparring.game import Game
from sparring.round import Batch

__all__ = ["ClipNorm", "Phase", "Playing", "Source", "TrainState", "Update", "phases_of"]

Update = Callable[[Sequence[nn.Parameter]], object]
"""Changes the gradients `.grad` of a player's parameters in place, before its optimizer takes a step along them."""


class Source(Protocol):
    """A stream: a data set, rollouts of a player, a replay pool, persistent chains."""

    def draw(self, n: int, key: Key) -> Batch:
        """The next batch of `n`; `key.path[-1]` counts the batches drawn from this stream so far."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """What `draw` moves; empty for a data set, whose batch number k is a pure function of the key."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back a state, whose tensors may be on the CPU."""
        ...


@dataclass(frozen=True)
class ClipNorm:
    """Shortens a player's gradient to a length (Pascanu et al. 2013, https://arxiv.org/abs/1211.5063).

    Attributes:
        length: The greatest Euclidean norm of the gradient in all parameters.
    """

    length: float

    def __call__(self, parameters: Sequence[nn.Parameter]) -> None:
        """Shortens it."""
        clip_grad_norm_(parameters, self.length)


@dataclass(frozen=True)
class Phase:
    """A stretch of rounds of one game: most runs have one; pretraining, pyramids and stages have more.

    Attributes:
        game: The game, on its device. Phases may share modules.
        optimizers: One for each player that moves by gradients.
        streams: Where the data come from, by the names the game asks for.
        rounds: How many rounds to play.
        dynamics: How the players move.
        batch: How many examples a player draws a turn, over all ranks.
        micro: In how many parts a gradient is computed, for less memory.
        updates: What happens to a player's gradient before its step, such as `ClipNorm(1.0)`.

    Raises:
        TypeError: The streams are no sources, the optimizers not given by name, or the dynamics none; the message says
            what to write.
        ValueError: Two players control one parameter, nobody controls one, an optimizer does not hold exactly its
            player's trainable parameters, the rounds or the batch are no such numbers, or the batch cannot be shared
            equally.
    """

    game: Game
    optimizers: Mapping[str, Optimizer]
    streams: Mapping[str, Source]
    rounds: int
    dynamics: Dynamics = field(default_factory=Alternating)
    batch: int = 64
    micro: int = 1
    updates: Mapping[str, Update] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_kinds()
        self._check_numbers()
        self.game.check_controls()
        if self.micro < 1 or self.batch % self.micro:
            raise ValueError(f"a batch of {self.batch} cannot be computed in {self.micro} equal parts")
        for name in (*self.optimizers, *self.updates):
            if name not in self.game.players():
                raise ValueError(
                    f"an optimizer or update is named {name!r}, but the players are {list(self.game.players())}"
                )
        for name, optimizer in self.optimizers.items():
            self._check(name, optimizer)
        if lacking := self.updates.keys() - self.optimizers.keys():
            raise ValueError(f"there are updates for {sorted(lacking)}, which have no optimizer")

    def _check_kinds(self) -> None:
        """Refuses what nobody can draw a batch from, or take a step with."""
        for what, given, such in (
            ("streams", self.streams, "{'real': open_data(x)}"),
            ("optimizers", self.optimizers, "{'discriminator': ..., 'generator': ...}"),
        ):
            if not isinstance(given, Mapping):
                raise TypeError(f"{what} is a {type(given).__name__}; expected them by name: write {such}")
        for name, stream in self.streams.items():
            if not callable(getattr(stream, "draw", None)):
                raise TypeError(
                    f"the stream {name!r} is a {type(stream).__name__}; expected a source of batches: write "
                    f"{{{name!r}: open_data(x)}}, which takes tensors, arrays, data sets and loaders"
                )

        if not isinstance(self.dynamics, Dynamics):
            named = getattr(self.dynamics, "__name__", "")
            got = f"the class {named}" if named else repr(self.dynamics)
            raise TypeError(f"dynamics is {got}; expected an object: write {named or 'Simultaneous'}()")

    def _check_numbers(self) -> None:
        for what, given, least in (("rounds", self.rounds, 0), ("batch", self.batch, 1)):
            if not isinstance(given, Integral) or given < least:
                raise ValueError(f"{what} is {given!r}; expected a whole number, {least} or more")

    def _check(self, name: str, optimizer: Optimizer) -> None:
        mine = self.game.strategy(name)
        line = f"write {name!r}: torch.optim.Adam(game.strategy({name!r}).values(), 1e-3)"
        if not isinstance(getattr(optimizer, "param_groups", None), list):
            got = f"the class {optimizer.__name__}" if isinstance(optimizer, type) else repr(optimizer)
            raise TypeError(f"the optimizer of {name!r} is {got}; expected an object: {line}")
        held = {id(p) for group in optimizer.param_groups for p in group["params"] if p.requires_grad}
        lacking = [its for its, parameter in mine.items() if id(parameter) not in held]
        if lacking or len(held) > len(mine):
            raise ValueError(
                f"the optimizer of {name!r} must hold exactly the parameters it controls: {list(mine)}; it lacks "
                f"{len(lacking)} of them and holds {len(held) + len(lacking) - len(mine)} others: {line}"
            )

    @contextmanager
    def updating(self) -> Iterator[None]:
        """A context in which the optimizers of this phase obey its updates."""
        handles = [self.optimizers[n].register_step_pre_hook(partial(_update, u)) for n, u in self.updates.items()]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def drawer(self, key: Key, counts: dict[str, int], label: str) -> Callable[[str], Batch]:
        """A function from a stream's name to its next batch, counting in `counts`."""

        def draw(name: str) -> Batch:
            if name not in self.streams:
                raise ValueError(f"the game asks for a stream {name!r}; there are {sorted(self.streams)}")
            place = f"{label}/{name}"
            count = counts[place] = counts.get(place, -1) + 1
            return self.streams[name].draw(self.batch, key.fold("stream", place, count))

        return draw


def phases_of(given: Sequence[object]) -> tuple[Phase, ...]:
    """The phases of a trainer, made sure of.

    Raises:
        TypeError: Something else is among them; the message says what to write.
        ValueError: There is none.
    """
    if not given:
        raise ValueError("a trainer needs at least one Phase, got none")
    for phase in given:
        if isinstance(phase, Phase):
            continue
        got = f"the class {phase.__name__}" if isinstance(phase, type) else f"a {type(phase).__name__}"
        line = "Trainer(Phase(game, optimizers, streams, rounds=1000))"
        if isinstance(phase, list | tuple):
            line = "Trainer(*phases)" if all(isinstance(one, Phase) for one in phase) else "hooks=[...]"
        raise TypeError(f"a phase is {got}; expected a Phase: write {line}")
    return tuple(phase for phase in given if isinstance(phase, Phase))


def _update(update: Update, optimizer: Optimizer, *_: object) -> None:
    update([p for group in optimizer.param_groups for p in group["params"]])


@dataclass
class TrainState:
    """Where a run stands, in integers: with the tensors, all that a resumed run needs.

    Attributes:
        round: Rounds finished, over all phases.
        phase: The number of the phase of the last of them.
        within: How many of them were of that phase.
        turn: Turns handed to the players.
        draws: Draws of chance in all turns; each is addressed by its number.
        images: Examples of generator steps finished: the sum of the batches over the rounds.
        batches: For each stream, the number of its last batch.
    """

    round: int = 0
    phase: int = 0
    within: int = 0
    turn: int = 0
    draws: int = 0
    images: int = 0
    batches: dict[str, int] = field(default_factory=dict)


class Playing(Protocol):
    """What a hook sees of a trainer."""

    state: TrainState

    @property
    def phases(self) -> Sequence[Phase]:
        """All phases."""
        ...

    @property
    def phase(self) -> Phase:
        """The phase of the last round."""
        ...

    @property
    def rounds(self) -> int:
        """The number of rounds of all phases."""
        ...

    def upcoming(self) -> tuple[Phase, int]:
        """The phase of the next round, and how many of its rounds are finished."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything that moves."""
        ...

    def stop(self) -> None:
        """Ends play after the present round."""
        ...
