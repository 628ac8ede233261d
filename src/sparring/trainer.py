"""The one loop: rounds of any game under any dynamics, in phases, with hooks, resumable at any round."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Draws, Key
from sparring.dynamics.gradients import load_optimizer
from sparring.game import Cost, Game
from sparring.hooks import Action, GradientCheck, Hook, hooks_of
from sparring.machine.plain import restore
from sparring.machine.progress import steps
from sparring.machine.trees import differing, placed
from sparring.phase import Phase, Source, TrainState, phases_of
from sparring.ranks import ALONE, Ranks
from sparring.round import Actions, Round

__all__ = ["Phase", "Source", "TrainState", "Trainer"]


class Trainer:
    """Plays phases one after the other.

    Args:
        *phases: What to play.
        hooks: What happens besides: logs, samples, averages, checkpoints. `GradientCheck` is always there. A function
            `f(trainer, costs)` is called after every round.
        seed: Decides all chance: data order, latents, dropout.
        autocast: The precision of matrix products, or None for the parameters' own. Losses and penalties stay in
            float32.
        ranks: The processes that play together, each with its own trainer of equal parameters.

    Raises:
        TypeError: A phase or a hook is something else; the message says what to write.
        ValueError: There is no phase, or the ranks cannot share a batch equally.

    Example:
        >>> from sparring.games.theory.xy import tiny
        >>> trainer = Trainer(Phase(tiny()[0], {}, {}, rounds=0)).play()
        >>> trainer.state.round
        0
    """

    def __init__(
        self,
        *phases: Phase,
        hooks: Sequence[Hook | Action] = (),
        seed: int = 0,
        autocast: torch.dtype | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        self.phases, self.seed, self.autocast = phases_of(phases), seed, autocast
        self.hooks: list[Hook] = [GradientCheck(), *hooks_of(hooks)]
        self.ranks = ranks
        self.state = TrainState()
        self._memories: list[dict[str, Any] | None] = [None] * len(phases)
        self._grounds: dict[Game, tuple[torch.Generator, torch.dtype]] = {}
        self._stopping = False

    @property
    def left(self) -> int:
        """Rounds still to be played."""
        first, *later = self.phases[self.state.phase :]
        return max(0, first.rounds - self.state.within) + sum(phase.rounds for phase in later)

    @property
    def rounds(self) -> int:
        """The number of rounds of all phases: those finished and those still to be played."""
        return self.state.round + self.left

    @property
    def images(self) -> int:
        """The examples of all rounds of all phases: the sum of their batches."""
        return sum(phase.rounds * phase.batch for phase in self.phases)

    @property
    def phase(self) -> Phase:
        """The phase of the last round."""
        return self.phases[self.state.phase]

    def upcoming(self) -> tuple[Phase, int]:
        """The phase of the next round, and how many of its rounds are finished."""
        index, within = self._next()
        return self.phases[index], within

    def _next(self) -> tuple[int, int]:
        index, within = self.state.phase, self.state.within
        while within >= self.phases[index].rounds and index + 1 < len(self.phases):
            index, within = index + 1, 0
        return index, within

    @property
    def game(self) -> Game:
        """The game of the last phase: what the run yields."""
        return self.phases[-1].game

    def play(self, rounds: int | None = None, *, progress: bool = False) -> Trainer:
        """Plays to the end, or at most `rounds` more rounds, or until somebody calls `stop`.

        Args:
            rounds: At most so many.
            progress: Show on stderr how far it is: a bar on a terminal, a line every ten seconds elsewhere.
        """
        last = self.state.round + (self.left if rounds is None else min(self.left, rounds))
        self._stopping = False
        self._grounds.clear()
        for phase in self.phases:
            if not phase.game.training:
                phase.game.train()  # else what somebody has put into evaluation mode stays there
            phase.game.recount()
        self._check_ranks()
        for hook in self.hooks:
            hook.start(self)
        try:
            with steps("rounds" if progress else "", last - self.state.round) as advance:
                while self.state.round < last and not self.ranks.any(self._stopping):
                    costs = self.play_round()
                    for hook in self.hooks:
                        if self.state.round % hook.every == 0:
                            hook(self, costs)
                    advance(1)
        finally:
            for hook in self.hooks:
                hook.finish(self)
        return self

    def extend(self, rounds: int) -> None:
        """Adds rounds to the last phase. Schedules, made for fewer, stay at their end."""
        *others, last = self.phases
        self.phases = (*others, dataclasses.replace(last, rounds=last.rounds + rounds))

    def _check_ranks(self) -> None:
        """Raises ValueError if the ranks have not the same parameters."""
        sums = torch.stack([tensor.double().sum().cpu() for tensor in self._tensors().values()])
        if not torch.allclose(sums, self.ranks.mean([sums])[0], rtol=1e-9, atol=1e-12, equal_nan=True):
            raise ValueError("the ranks have different parameters: seed the networks alike on every rank")

    def play_round(self) -> dict[str, Cost]:
        """One round of the present phase, without hooks."""
        self.state.phase, self.state.within = self._next()
        phase, played = self.phase, list[Actions]()
        with phase.updating():
            costs = phase.dynamics(phase.game, self.turns(played), phase.optimizers, self._memory())
        with torch.no_grad():
            for actions in played:
                for action in actions.values():
                    action()
        self.state.round += 1
        self.state.within += 1
        self.state.images += phase.batch
        return costs

    def stop(self) -> None:
        """Ends `play` after the present round, on all ranks."""
        self._stopping = True

    def turns(self, played: list[Actions] | None = None) -> Iterator[Round]:
        """Turns of the present phase without end, each on new data and with new chance, and counted.

        Args:
            played: Gets what each turn puts off until everybody has moved.
        """
        state, phase = self.state, self.phase
        draw = phase.drawer(Key(self.seed), state.batches, str(state.phase))
        share = self.ranks.index, self.ranks.size
        generator, dtype = self._ground(phase)
        while True:
            chance = Draws(self.seed, state, generator, phase.batch, dtype=dtype, share=share)
            later: Actions = {}
            if played is not None:
                played.append(later)
            state.turn += 1
            yield Round(
                draw,
                chance,
                number=state.within,
                progress=state.within / max(1, phase.rounds),
                ranks=self.ranks,
                micro=phase.micro,
                fast=self.autocast,
                later=later,
            )

    def _ground(self, phase: Phase) -> tuple[torch.Generator, torch.dtype]:
        """A generator of chance on the device of a phase's game, and its type of numbers."""
        if phase.game not in self._grounds:
            first = next(p for p in phase.game.parameters() if p.is_floating_point())
            self._grounds[phase.game] = torch.Generator(first.device), first.dtype
        return self._grounds[phase.game]

    def _memory(self) -> dict[str, Any]:
        """What the dynamics of the present phase remembers."""
        memory = self._memories[self.state.phase]
        if memory is None:
            memory = self.phase.dynamics.init(self.phase.game, self.phase.optimizers)
            self._memories[self.state.phase] = memory
        return memory

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything that moves: tensors, moments, sources, hooks, counters, torch's generator."""
        state = {
            "state": asdict(self.state),
            "seed": self.seed,
            "games": self._tensors(),
            "optimizers": [{name: o.state_dict() for name, o in phase.optimizers.items()} for phase in self.phases],
            "sources": [{name: s.state_dict() for name, s in phase.streams.items()} for phase in self.phases],
            "dynamics": self._memories,
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
        reached = restore(TrainState, state["state"])
        state = copy.deepcopy(dict(state))  # optimizers keep, and then move, the tensors they load
        self.load_games(state["games"])
        for phase, optimizers, sources in zip(self.phases, state["optimizers"], state["sources"], strict=True):
            for name, optimizer in phase.optimizers.items():
                load_optimizer(optimizer, optimizers[name])
            for name, source in phase.streams.items():
                source.load_state_dict(sources[name])
        devices = [next(phase.game.parameters()).device for phase in self.phases]
        self._memories = [placed(memory, device) for memory, device in zip(state["dynamics"], devices, strict=True)]
        hooks = self._named_hooks()
        for name, saved in state["hooks"].items():
            hooks[name].load_state_dict(saved)
        torch.set_rng_state(state["generator"])
        self.state = reached

    def load_games(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes back parameters and buffers alone, `state_dict()["games"]`: enough to look at the players.

        Raises:
            ValueError: They are of another game.
        """
        mine = self._tensors()
        if others := differing(mine, tensors):
            raise ValueError(f"this state is from another game: these tensors differ in name or shape: {others}")
        with torch.no_grad():
            for name, tensor in mine.items():
                tensor.copy_(tensors[name])

    def take(self, tensors: Mapping[str, Tensor]) -> tuple[list[str], list[str]]:
        """Takes those parameters and buffers of another game that are here too, in name and shape.

        Returns:
            The names of what was taken, and of what here stays as it is.
        """
        mine = self._tensors()
        fits = {name: name in tensors and tensors[name].shape == tensor.shape for name, tensor in mine.items()}
        with torch.no_grad():
            for name in filter(fits.__getitem__, fits):
                mine[name].copy_(tensors[name])
        return [name for name in fits if fits[name]], [name for name in fits if not fits[name]]

    def _check(self, state: Mapping[str, Any]) -> None:
        if state["seed"] != self.seed:
            raise ValueError(
                f"this state is from another run: its seed is {state['seed']}, this trainer's is {self.seed}"
            )
        if others := differing(self._tensors(), state["games"]):
            raise ValueError(f"this state is from another game: these tensors differ in name or shape: {others}")
        if len(state["dynamics"]) != len(self.phases):
            raise ValueError(f"this state has {len(state['dynamics'])} phases, this trainer has {len(self.phases)}")
        for name, mine in (("optimizers", "optimizers"), ("sources", "streams")):
            theirs, ours = (
                [sorted(part) for part in parts] for parts in (state[name], [getattr(p, mine) for p in self.phases])
            )
            if theirs != ours:
                raise ValueError(f"this state has the {mine} {theirs}, this trainer has {ours}")
        if missing := sorted(state["hooks"].keys() - self._named_hooks().keys()):
            raise ValueError(f"this state has hooks that this trainer does not have: {missing}")

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
