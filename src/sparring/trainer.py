"""The one loop: rounds of any game under any dynamics, in phases, with hooks, resumable at any round."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from sparring.chance import Key
from sparring.dynamics import Alternating, Dynamics, like
from sparring.game import Batch, Cost, Game, Round
from sparring.hooks import GradientCheck, Hook

__all__ = ["Phase", "Source", "TrainState", "Trainer"]


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
class Phase:
    """A stretch of rounds of one game: most runs have one; pretraining, pyramids and stages have more.

    Attributes:
        game: The game, on its device. Phases may share modules.
        optimizers: One for each player that moves by gradients.
        streams: Where the data come from, by the names the game asks for.
        rounds: How many rounds to play.
        dynamics: How the players move.
        batch: How many examples a player draws a turn.

    Raises:
        ValueError: Two players control one parameter, nobody controls one, or an optimizer does not hold exactly
            its player's trainable parameters.
    """

    game: Game
    optimizers: Mapping[str, Optimizer]
    streams: Mapping[str, Source]
    rounds: int
    dynamics: Dynamics = field(default_factory=Alternating)
    batch: int = 64

    def __post_init__(self) -> None:
        self.game.check_controls()
        players = self.game.players()
        for name, optimizer in self.optimizers.items():
            if name not in players:
                raise ValueError(f"an optimizer is named {name!r}, but the players are {list(players)}")
            held = {id(p) for group in optimizer.param_groups for p in group["params"] if p.requires_grad}
            mine = self.game.strategy(name)
            if held != {id(p) for p in mine.values()}:
                raise ValueError(
                    f"the optimizer of {name!r} must hold exactly the parameters it controls: {list(mine)}"
                )

    def drawer(self, key: Key, counts: dict[str, int], label: str) -> Callable[[str], Batch]:
        """A function from a stream's name to its next batch, counting in `counts`."""

        def draw(name: str) -> Batch:
            if name not in self.streams:
                raise ValueError(f"the game asks for a stream {name!r}; there are {sorted(self.streams)}")
            place = f"{label}/{name}"
            count = counts[place] = counts.get(place, -1) + 1
            return self.streams[name].draw(self.batch, key.fold("stream", place, count))

        return draw


@dataclass
class TrainState:
    """Where a run stands, in integers: with the tensors, all that a resumed run needs.

    Attributes:
        round: Rounds finished, over all phases.
        turn: Turns handed to the players; the chance of each is addressed by this number.
        images: Examples of generator steps finished: the sum of the batches over the rounds.
        draws: For each stream, the number of its last batch.
    """

    round: int = 0
    turn: int = 0
    images: int = 0
    draws: dict[str, int] = field(default_factory=dict)


class Trainer:
    """Plays phases one after the other.

    Args:
        *phases: What to play.
        hooks: What happens besides: logs, samples, averages, checkpoints. `GradientCheck` is always there.
        seed: Decides all chance: data order, latents, dropout.
        autocast: The precision of matrix products, or None for the parameters' own. Losses and penalties stay in
            float32.

    Example:
        >>> from sparring.games.theory.xy import tiny
        >>> trainer = Trainer(Phase(tiny()[0], {}, {}, rounds=0)).play()
        >>> trainer.state.round
        0
    """

    def __init__(
        self, *phases: Phase, hooks: Sequence[Hook] = (), seed: int = 0, autocast: torch.dtype | None = None
    ) -> None:
        if not phases:
            raise ValueError("a trainer needs at least one Phase, got none")
        self.phases, self.hooks, self.seed, self.autocast = phases, [GradientCheck(), *hooks], seed, autocast
        self.state = TrainState()
        self._stopping = False

    @property
    def rounds(self) -> int:
        """The number of rounds of all phases."""
        return sum(phase.rounds for phase in self.phases)

    def locate(self, round: int) -> tuple[Phase, int, int]:
        """Where round number `round`, from 0, belongs: its phase, the phase's index, and its number in that phase."""
        index = 0
        while index < len(self.phases) - 1 and round >= self.phases[index].rounds:
            round -= self.phases[index].rounds
            index += 1
        return self.phases[index], index, round

    @property
    def game(self) -> Game:
        """The game of the last phase: what the run yields."""
        return self.phases[-1].game

    def play(self, rounds: int | None = None) -> Trainer:
        """Plays to the end, or at most `rounds` more rounds, or until somebody calls `stop`."""
        last = self.rounds if rounds is None else min(self.rounds, self.state.round + rounds)
        self._stopping = False
        for phase in self.phases:
            phase.game.train()
        for hook in self.hooks:
            hook.start(self)
        try:
            while self.state.round < last and not self._stopping:
                costs = self.play_round()
                for hook in self.hooks:
                    if self.state.round % hook.every == 0:
                        hook(self, costs)
        finally:
            for hook in self.hooks:
                hook.finish(self)
        return self

    def play_round(self) -> dict[str, Cost]:
        """One round of the present phase, without hooks."""
        phase, _, _ = self.locate(self.state.round)
        costs = phase.dynamics(phase.game, self.turns(), phase.optimizers)
        self.state.round += 1
        self.state.images += phase.batch
        return costs

    def stop(self) -> None:
        """Ends `play` after the present round."""
        self._stopping = True

    def turns(self) -> Iterator[Round]:
        """Turns of the present phase without end, each on new data and with new chance."""
        phase, index, number = self.locate(self.state.round)
        first = next(phase.game.parameters())
        key = Key(self.seed)
        draw = phase.drawer(key, self.state.draws, str(index))
        while True:
            turn = key.fold("turn", self.state.turn)
            self.state.turn += 1
            yield Round(
                draw,
                turn,
                batch=phase.batch,
                number=number,
                device=first.device,
                dtype=first.dtype,
                fast=self.autocast,
            )

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything that moves: tensors, moments, sources, hooks, counters, torch's generator."""
        state = {
            "state": asdict(self.state),
            "seed": self.seed,
            "games": self._tensors(),
            "optimizers": [{name: o.state_dict() for name, o in phase.optimizers.items()} for phase in self.phases],
            "sources": [{name: s.state_dict() for name, s in phase.streams.items()} for phase in self.phases],
            "hooks": {name: state for name, hook in self._named_hooks().items() if (state := hook.state_dict())},
            "generator": torch.get_rng_state(),
        }
        return copy.deepcopy(state)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continues from where `state_dict` was taken, bit for bit.

        Raises:
            ValueError: The state is of another game, seed or set of hooks.
        """
        self._check(state)
        state = copy.deepcopy(dict(state))  # optimizers keep, and then move, the tensors they load
        self.load_games(state["games"])
        for phase, optimizers, sources in zip(self.phases, state["optimizers"], state["sources"], strict=True):
            for name, optimizer in phase.optimizers.items():
                load_optimizer(optimizer, optimizers[name])
            for name, source in phase.streams.items():
                source.load_state_dict(sources[name])
        hooks = self._named_hooks()
        for name, saved in state["hooks"].items():
            hooks[name].load_state_dict(saved)
        torch.set_rng_state(state["generator"])
        self.state = TrainState(**state["state"])

    def load_games(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes back parameters and buffers alone, `state_dict()["games"]`: enough to look at the players.

        Raises:
            ValueError: They are of another game.
        """
        mine = self._tensors()
        if differing := _differing(mine, tensors):
            raise ValueError(f"this state is of another game: these tensors differ in name or shape: {differing}")
        with torch.no_grad():
            for name, tensor in mine.items():
                tensor.copy_(tensors[name])

    def _check(self, state: Mapping[str, Any]) -> None:
        if state["seed"] != self.seed:
            raise ValueError(
                f"this state is of another run: its seed is {state['seed']}, this trainer's is {self.seed}"
            )
        if differing := _differing(self._tensors(), state["games"]):
            raise ValueError(f"this state is of another game: these tensors differ in name or shape: {differing}")
        if missing := sorted(state["hooks"].keys() - self._named_hooks().keys()):
            raise ValueError(f"this state has hooks that this trainer lacks: {missing}")

    def _tensors(self) -> dict[str, Tensor]:
        """Every parameter and persistent buffer of the games, each once, however many phases share it."""
        unique: dict[int, tuple[str, Tensor]] = {}
        for name, tensor in nn.ModuleList(phase.game for phase in self.phases).state_dict(keep_vars=True).items():
            unique.setdefault(id(tensor), (name, tensor))
        return {name: tensor.detach() for name, tensor in unique.values()}

    def _named_hooks(self) -> dict[str, Hook]:
        """The hooks by class and order, so that hooks without state may come and go between sessions."""
        names = [type(hook).__name__ for hook in self.hooks]
        return {
            f"{name} {names[:i].count(name)}": hook
            for i, (name, hook) in enumerate(zip(names, self.hooks, strict=True))
        }


def load_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> None:
    """Loads a state, with moments laid out as their parameters are, which fused optimizers rely on."""
    optimizer.load_state_dict(state)
    for parameter, moments in optimizer.state.items():
        for name, value in moments.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                moments[name] = like(parameter, value)


def _differing(mine: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> list[str]:
    """The first few names whose tensors have not the same shape on both sides."""
    shapes, others = ({name: tensor.shape for name, tensor in side.items()} for side in (mine, theirs))
    return sorted(name for name in shapes.keys() | others.keys() if shapes.get(name) != others.get(name))[:5]
