"""The contract of games."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.func import functional_call
from torch.optim import Optimizer

from sparring.chance import Key
from sparring.checks.declared import NOTHING, Declared, Estimator
from sparring.dynamics.alternating import Alternating
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient, gradient_field, move
from sparring.dynamics.simultaneous import Simultaneous
from sparring.game import Game
from sparring.phase import Phase, Source
from sparring.ranks import Ranks, Threads
from sparring.trainer import Trainer

__all__ = ["DYNAMICS", "check_game"]

MakeGame = Callable[[], tuple[Game, Mapping[str, Source]]]

DYNAMICS = (Alternating(), Alternating(fresh=False), Simultaneous())
"""How every game is played, unless somebody names other dynamics."""


ADVICE = "look across examples by round.gather, draw by round.chance, use sparring.layers for dropout and batch norm"


def check_game(
    make: MakeGame,
    *,
    declared: Declared = NOTHING,
    batch: int = 8,
    seed: int = 0,
    dynamics: Sequence[Dynamics] = DYNAMICS,
) -> None:
    """Checks a game.

    Nobody moves another's parameters; every trainable parameter moves; terms are finite; a cost at other parameters is
    the cost after moving there; shared forward passes change nothing, also after a move inside a round; gradients agree
    with finite differences in float64, in the opponents' parameters too; parts of a batch give its gradient or are
    refused; every dynamics plays, goes on from a saved state as if nothing had happened, and plays the same on two
    ranks.

    Args:
        make: Makes the game and its streams, afresh at each call.
        declared: Where it rightly departs from this.
        batch: Examples a turn, an even number.
        seed: Of first weights and of all chance.
        dynamics: Under which it is played.

    Raises:
        AssertionError: The game breaks its contract, or declares what is not so.
    """
    bare = [name for name, why in declared.reasons() if not why.strip()]
    assert not bare, f"declared without a reason: {bare}"
    check = _Check(make, batch, seed)
    for player in make()[0].players():
        check.turn(player)
        check.functional(player)
        check.slope(player, declared.estimators.get(player))
        if not declared.estimators:
            check.foresight(player)
        check.parts(player)
        check.forgetting(player)
    check.sharing()
    for rule in dynamics:
        check.movement(rule, set(declared.still))
        check.state(rule)
        check.ranks(rule)


@dataclass(frozen=True)
class _Check:
    """The parts of `check_game`."""

    make: MakeGame
    batch: int
    seed: int

    def trainer(self, rounds: int = 1, dynamics: Dynamics = DYNAMICS[0], adam: bool = False) -> Trainer:
        """The game in float64, where equality is sharp, with an optimizer for each player.

        Every parameter is moved a little first: an untrained network sits on the kinks of its rectifiers.
        """
        torch.manual_seed(self.seed)
        game, streams = self.make()
        game.double().train()
        with torch.no_grad():
            for name, p in game.named_parameters():
                p.add_(0.01 * Key(self.seed).normal(name, tuple(p.shape), p.dtype))
        rule: Callable[..., Optimizer] = torch.optim.Adam if adam else torch.optim.SGD
        optimizers = {name: rule(game.strategy(name).values(), lr=0.01) for name in game.players()}
        return Trainer(Phase(game, optimizers, streams, rounds, dynamics, self.batch), seed=self.seed)

    def turn(self, player: str) -> None:
        """Terms are finite, repeat, and only this player's parameters move."""
        trainer = self.trainer()
        game, before = trainer.game, _snapshot(trainer.game)
        mine = set(game.strategy(player))
        round = next(trainer.turns())
        cost, slope = gradient(game, player, round)
        for name, value in {**cost.terms, **cost.watch}.items():
            assert torch.isfinite(value), f"{name!r} of {player!r} is {value.item()}"
        repeated = game(player, round).total.item()
        assert cost.total.item() == repeated, (
            f"the cost of {player!r} is {cost.total.item()}, and {repeated} when evaluated again in the same round; "
            "expected the same. Draw all chance from round.chance, use sparring.layers for dropout, and move "
            "buffers by round.later"
        )
        move(game, {player: (cost, slope)}, round, trainer.phases[0].optimizers)
        strangers = _moved(game, before) - mine
        assert not strangers, f"{player!r} moved {sorted(strangers)}, which it does not control"

    def functional(self, player: str) -> None:
        """The cost at other parameters is the cost after moving there."""
        trainer = self.trainer()
        game, round = trainer.game, next(trainer.turns())
        game(player, round)  # draws the streams, whose sources may look at the parameters
        steps = _direction(dict(game.named_parameters()))
        there = {name: (p + 0.01 * steps[name]).detach() for name, p in game.named_parameters()}
        functional = functional_call(game, there, (player, round)).total.item()
        _put(game, there)
        moved = game(player, round).total.item()
        assert abs(functional - moved) <= 1e-9 * (1 + abs(moved)), (
            f"the cost of {player!r} at other parameters is {functional} by functional_call, {moved} after moving "
            "there; expected the same. The cost must depend on parameters only through the game's modules"
        )

    def slope(self, player: str, estimator: Estimator | None) -> None:
        """The gradient is the derivative of the cost, or is declared and as its oracle says."""
        analytic, numeric = self.slopes(player, (player,))
        agree = abs(analytic - numeric) <= 1e-5 * (1 + abs(numeric))
        if estimator is None:
            assert agree, (
                f"the gradient of {player!r} along a direction is {analytic}, by finite differences {numeric}. If it "
                "is an estimator and not a derivative, declare it with an oracle: Declared(estimators=...)"
            )
        else:
            assert not agree, f"the gradient of {player!r} is the derivative of its cost: do not declare it"
            estimator.oracle()

    def foresight(self, player: str) -> None:
        """The derivative in everybody's parameters, which unrolling and consensus need, is right too."""
        analytic, numeric = self.slopes(player, tuple(self.make()[0].players()))
        assert abs(analytic - numeric) <= 1e-5 * (1 + abs(numeric)), (
            f"the derivative of the cost of {player!r} in the parameters of all players is {analytic}, by finite "
            f"differences {numeric}. Do not detach anything: only {player!r} moves along this cost"
        )

    def slopes(self, player: str, movers: Sequence[str], step: float = 1e-7) -> tuple[float, float]:
        """The derivative along a direction of the movers' parameters: by autograd, and by central differences.

        The step is so small because batch norm of an untrained network magnifies it, and rectifiers have kinks.
        """
        trainer = self.trainer()
        game, round = trainer.game, next(trainer.turns())
        parameters = {name: p for mover in movers for name, p in game.strategy(mover).items()}
        directions = _direction(parameters)
        values = torch.autograd.grad(game(player, round).total, list(parameters.values()), allow_unused=True)
        pairs = zip(values, directions.values(), strict=True)
        analytic = sum((g * direction).sum().item() for g, direction in pairs if g is not None)
        here = dict(game.named_parameters())

        def cost(t: float) -> float:
            there = {n: p.detach() + t * directions[n] if n in directions else p for n, p in here.items()}
            value: float = functional_call(game, there, (player, round)).total.item()
            return value

        return analytic, (cost(step) - cost(-step)) / (2 * step)

    def parts(self, player: str) -> None:
        """The gradient of a batch is the mean of those of its halves, unless the cost refuses to be halved."""
        trainer = self.trainer()
        game, round = trainer.game, next(trainer.turns())
        _, whole = gradient(game, player, round)
        try:
            _, halves = gradient(game, player, round, micro=2)
        except ValueError as error:
            assert "micro=1" in str(error), f"{player!r} on half a batch: {error}"  # noqa: PT017
            return
        _same(whole, halves, f"the gradient of {player!r}, computed in two parts ({ADVICE})")

    def forgetting(self, mover: str) -> None:
        """After a move inside a round every cost is that of a fresh round at the same place."""
        trainer = self.trainer()
        game, round = trainer.game, next(trainer.turns())
        for player in game.players():
            game(player, round)
        mine = game.strategy(mover)
        steps = _direction(mine)
        _put(game, {name: p.detach() + 0.01 * steps[name] for name, p in mine.items()})
        again = round.again()
        for player in game.players():
            kept, fresh = game(player, round).total.item(), game(player, again).total.item()
            assert abs(kept - fresh) <= 1e-12 * (1 + abs(fresh)), (
                f"after {mover!r} moved inside a round the cost of {player!r} is {kept}, in a fresh round {fresh}. A "
                "value shared by round.once depends on a module that is missing from its `of`"
            )

    def sharing(self) -> None:
        """The gradients of all players at once are those of each alone."""
        trainer = self.trainer()
        game, round = trainer.game, next(trainer.turns())
        alone = {player: gradient(game, player, round) for player in game.players()}
        for player, (cost, slope) in gradient_field(game, round).items():
            torch.testing.assert_close(cost.total, alone[player][0].total, msg=f"the cost of {player!r} is not its own")
            _same(alone[player][1], slope, f"the gradient of {player!r}, with what is shared")

    def movement(self, dynamics: Dynamics, still: set[str]) -> None:
        """Every trainable parameter moves but those declared still, and those do not."""
        trainer = self.trainer(3, dynamics)
        before = _snapshot(trainer.game)
        trainable = {name for name, p in trainer.game.named_parameters() if p.requires_grad}
        trainer.play()
        stuck = trainable - _moved(trainer.game, before) - still
        assert not stuck, f"under {dynamics} these parameters never moved: {sorted(stuck)}"
        moved = {n for n, p in trainer.game.named_parameters() if (p - before[n]).abs().max() > 1e-9} & still
        assert not moved, f"under {dynamics} these parameters moved, but are declared as still: {sorted(moved)}"

    def state(self, dynamics: Dynamics) -> None:
        """A saved state brings back all that decides what comes."""
        whole, half, rest = (self.trainer(3, dynamics) for _ in range(3))
        whole.play()
        rest.load_state_dict(half.play(1).state_dict())
        rest.play()
        lost = _moved(rest.game, _snapshot(whole.game))
        assert not lost, f"under {dynamics} a saved state does not bring back what decides {sorted(lost)}"

    def ranks(self, dynamics: Dynamics) -> None:
        """Two ranks with half a batch each do what one does with the whole, under SGD and Adam."""
        for adam, tolerance in ((False, 1e-12), (True, 1e-10)):
            one = self.trainer(2, dynamics, adam=adam).play()
            both = [self.trainer(2, dynamics, adam=adam) for _ in range(2)]
            two = Threads.run(2, partial(_join, both))
            expected = _snapshot(one.game)
            for name, p in two[0].game.named_parameters():
                error = ((p - expected[name]).abs() / (1 + expected[name].abs())).max().item()
                assert error <= tolerance or _cancelled(one, name), (
                    f"under {dynamics} on two ranks {name!r} is {error} from where one rank takes it ({ADVICE})"
                )


def _join(trainers: Sequence[Trainer], ranks: Ranks) -> Trainer:
    """Plays the trainer of one rank."""
    trainers[ranks.index].ranks = ranks
    return trainers[ranks.index].play()


def _cancelled(trainer: Trainer, name: str) -> bool:
    """Whether a parameter's gradient is nothing but rounding, which Adam magnifies: a bias before a batch norm, say."""
    gradient = dict(trainer.game.named_parameters())[name].grad
    return gradient is None or gradient.abs().max().item() < 1e-12


def _snapshot(game: Game) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in game.named_parameters()}


def _moved(game: Game, before: Mapping[str, Tensor]) -> set[str]:
    return {name for name, p in game.named_parameters() if not torch.equal(p, before[name])}


def _direction(parameters: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: Key(5).normal(name, tuple(p.shape), p.dtype) for name, p in parameters.items()}


@torch.no_grad()
def _put(game: Game, there: Mapping[str, Tensor]) -> None:
    for name, p in game.named_parameters():
        if name in there:
            p.copy_(there[name])


def _same(expected: Mapping[str, Tensor | None], found: Mapping[str, Tensor | None], what: str) -> None:
    for name, value in expected.items():
        other = found[name]
        assert (value is None) == (other is None), f"{what}: {name!r} has a gradient in only one of the two ways"
        if value is not None and other is not None:
            torch.testing.assert_close(other, value, msg=f"{what}: {name!r} is {other}, expected {value}")
