"""Contracts that every game, network and loss keeps, ours or yours: a broken one is an AssertionError."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from sparring.chance import Key
from sparring.dynamics import Alternating, Dynamics, Simultaneous, gradient, gradient_field, move
from sparring.game import Game
from sparring.losses import AdversarialLoss
from sparring.trainer import Phase, Source, Trainer

__all__ = ["check_game", "check_loss", "check_network"]

MakeGame = Callable[[], tuple[Game, Mapping[str, Source]]]


def check_game(make: MakeGame, *, still: Collection[str] = (), batch: int = 8) -> None:
    """Checks a game.

    Nobody moves another's parameters; every trainable parameter moves; terms are finite; a cost at other parameters is
    the cost after moving there; shared forward passes change no gradient; gradients agree with finite differences in
    float64; both dynamics play, and go on from a saved state as if nothing had happened.

    Args:
        make: Makes the game and its streams, afresh at each call.
        still: Names of parameters whose gradient is rightly zero, such as a Wasserstein critic's output bias.
        batch: Examples a turn.

    Raises:
        AssertionError: The game breaks its contract.
    """
    for player in make()[0].players():
        _check_turn(make, player, batch)
        _check_functional(make, player, batch)
        _check_slope(make, player, batch)
    _check_sharing(make, batch)
    for dynamics in (Alternating(), Simultaneous()):
        _check_movement(make, dynamics, set(still), batch)
        _check_state(make, dynamics, batch)


def _set_up(make: MakeGame, batch: int, rounds: int = 1, **phase: Any) -> Trainer:
    """The game in float64, where equality is sharp, with an optimizer for each player."""
    torch.manual_seed(0)
    game, streams = make()
    game.double().train()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=0.01) for name in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, batch=batch, **phase))


def _snapshot(game: Game) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in game.named_parameters()}


def _moved(game: Game, before: Mapping[str, Tensor]) -> set[str]:
    return {name for name, p in game.named_parameters() if not torch.equal(p, before[name])}


def _check_turn(make: MakeGame, player: str, batch: int) -> None:
    trainer = _set_up(make, batch)
    game, before = trainer.game, _snapshot(trainer.game)
    mine = set(game.strategy(player))
    round = next(trainer.turns())
    cost, slope = gradient(game, player, round)
    for name, value in {**cost.terms, **cost.watch}.items():
        assert torch.isfinite(value), f"{name!r} of {player!r} is {value.item()}"
    move(game, {player: (cost, slope)}, round, trainer.phases[0].optimizers)
    strangers = _moved(game, before) - mine
    assert not strangers, f"{player!r} moved {sorted(strangers)}, which it does not control"


def _check_movement(make: MakeGame, dynamics: Dynamics, still: set[str], batch: int) -> None:
    trainer = _set_up(make, batch, rounds=3, dynamics=dynamics)
    before = _snapshot(trainer.game)
    trainable = {name for name, p in trainer.game.named_parameters() if p.requires_grad}
    trainer.play()
    stuck = trainable - _moved(trainer.game, before) - still
    assert not stuck, f"under {dynamics} these parameters never moved: {sorted(stuck)}"


def _check_state(make: MakeGame, dynamics: Dynamics, batch: int) -> None:
    whole, half, rest = (_set_up(make, batch, rounds=3, dynamics=dynamics) for _ in range(3))
    whole.play()
    rest.load_state_dict(half.play(1).state_dict())
    rest.play()
    lost = _moved(rest.game, _snapshot(whole.game))
    assert not lost, f"under {dynamics} a saved state does not bring back what decides {sorted(lost)}"


def _direction(parameters: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: Key(5).normal(name, tuple(p.shape), p.dtype) for name, p in parameters.items()}


def _check_functional(make: MakeGame, player: str, batch: int) -> None:
    trainer = _set_up(make, batch)
    game, round = trainer.game, next(trainer.turns())
    game(player, round)  # draws the streams, whose sources may look at the parameters
    steps = _direction(dict(game.named_parameters()))
    there = {name: (p + 0.01 * steps[name]).detach() for name, p in game.named_parameters()}
    functional = functional_call(game, there, (player, round)).total.item()
    with torch.no_grad():
        for name, p in game.named_parameters():
            p.copy_(there[name])
    moved = game(player, round).total.item()
    assert abs(functional - moved) <= 1e-9 * (1 + abs(moved)), (
        f"the cost of {player!r} at other parameters is {functional} by functional_call, {moved} after moving there: "
        "it must depend on parameters through the game's modules only"
    )


def _check_slope(make: MakeGame, player: str, batch: int, step: float = 1e-7) -> None:
    # So small because batch norm of an untrained network magnifies steps, and rectifiers have kinks.
    trainer = _set_up(make, batch)
    game, round = trainer.game, next(trainer.turns())
    _, slope = gradient(game, player, round)
    directions = _direction(game.strategy(player))
    values = {name: slope[p] for name, p in game.strategy(player).items()}
    analytic = sum((value * directions[name]).sum().item() for name, value in values.items() if value is not None)
    here = dict(game.named_parameters())

    def cost(t: float) -> float:
        there = {name: p.detach() + t * directions[name] if name in directions else p for name, p in here.items()}
        value: float = functional_call(game, there, (player, round)).total.item()
        return value

    numeric = (cost(step) - cost(-step)) / (2 * step)
    assert abs(analytic - numeric) <= 1e-5 * (1 + abs(numeric)), (
        f"the gradient of {player!r} along a direction is {analytic}, by finite differences {numeric}"
    )


def _check_sharing(make: MakeGame, batch: int) -> None:
    trainer = _set_up(make, batch)
    game, round = trainer.game, next(trainer.turns())
    alone = {player: gradient(game, player, round) for player in game.players()}
    for player, (cost, slope) in gradient_field(game, round).items():
        torch.testing.assert_close(cost.total, alone[player][0].total, msg=f"the cost of {player!r} depends on sharing")
        for name, p in game.strategy(player).items():
            value, expected = slope[p], alone[player][1][p]
            assert (value is None) == (expected is None), f"{name!r} has a gradient only with or without sharing"
            if value is not None:
                torch.testing.assert_close(value, expected, msg=f"the gradient of {name!r} depends on sharing")


def check_network(network: nn.Module, example: Sequence[int], output: Sequence[int]) -> None:
    """Checks a network: shapes at several batch sizes, finite values, gradients everywhere, rows that do not mix.

    Args:
        network: The network.
        example: The shape of one input.
        output: The shape of one output; () for logits.

    Raises:
        AssertionError: The network breaks its contract.
    """
    key = Key(0)
    for n in (2, 5):
        y = network.train()(key.normal("x", (n, *example)))
        assert tuple(y.shape) == (n, *output), f"{n} inputs gave {list(y.shape)}; expected {[n, *output]}"
        assert torch.isfinite(y).all(), "the output is not finite"
    (y * key.normal("weights", tuple(y.shape))).sum().backward()
    dead = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert not dead, f"these parameters have no gradient: {dead}"
    network.zero_grad(set_to_none=True)
    with torch.no_grad():
        x = key.normal("x", (5, *example))
        whole = network.eval()(x)
        torch.testing.assert_close(network(x[:2]), whole[:2], rtol=1e-4, atol=1e-5)
    network.train()


def check_loss(loss: AdversarialLoss) -> None:
    """Checks an adversarial loss: scalars, shapes refused, exact at logits of +-100, gradients, `needs_real`.

    Args:
        loss: The loss.

    Raises:
        AssertionError: The loss breaks its contract.
    """
    key = Key(0)
    real, fake = (key.normal(name, (6,), torch.float64).requires_grad_() for name in ("real", "fake"))
    for side in (loss.discriminator, loss.generator):
        value = side(real, fake)
        assert value.ndim == 0, f"{side} gave {list(value.shape)}; expected a scalar"
        assert torch.autograd.gradcheck(side, (real, fake))
        torch.testing.assert_close(side(real.repeat(3), fake.repeat(3)), value, msg=f"{side} depends on the batch size")
        for shape in ((6, 1), (5,)):
            _refuses(side, real.detach(), torch.zeros(shape))
        large = torch.tensor([100.0, -100.0])
        single, double = side(large, large.flip(0)), side(large.double(), large.double().flip(0))
        torch.testing.assert_close(single.double(), double, rtol=1e-6, atol=0, msg=f"{side} is not exact at +-100")
    slope = torch.autograd.grad(loss.generator(real, fake), real, allow_unused=True)[0]
    reads = slope is not None and bool(slope.any())
    assert reads == loss.needs_real, f"needs_real is {loss.needs_real}, but the generator's side reads real: {reads}"


def _refuses(side: Callable[[Tensor, Tensor], Tensor], real: Tensor, fake: Tensor) -> None:
    try:
        side(real, fake)
    except ValueError:
        return
    raise AssertionError(f"{side} took logits of shapes {list(real.shape)} and {list(fake.shape)}; expected ValueError")
