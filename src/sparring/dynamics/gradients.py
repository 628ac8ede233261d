"""Gradients of costs in the parameters of those who pay them, and steps along them.

Nobody is frozen: `torch.autograd.grad` is asked for the mover's parameters and walks no other path. The mean over
micro-batches and ranks is taken here, inside the gradient, so that it can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call
from torch.optim import Optimizer

from sparring.game import Cost, Game
from sparring.ranks import Ranks
from sparring.round import Round

__all__ = [
    "Field",
    "Gradient",
    "differentiate",
    "follow",
    "gradient",
    "gradient_field",
    "like",
    "load_optimizer",
    "move",
]

Gradient = dict[str, Tensor | None]
"""A gradient by the names of the parameters in the game; None where the cost does not depend on the parameter."""

Field = dict[str, tuple[Cost, Gradient]]
"""The costs and gradients of several players."""


def gradient(
    game: Game,
    player: str,
    round: Round,
    *,
    at: Mapping[str, Tensor] | None = None,
    create_graph: bool = False,
    micro: int | None = None,
) -> tuple[Cost, Gradient]:
    """The cost of one player and its gradient in that player's parameters.

    Args:
        game: The game.
        player: Who pays.
        round: The data and chance.
        at: Parameters to put in the place of the game's own, by name.
        create_graph: Whether the gradient can be differentiated again; then the cost too keeps its graph.
        micro: In how many parts of the batch, for less memory; the round's own number if None.

    Raises:
        ValueError: The cost depends on nothing the player controls, or looks across examples and micro is not 1.
    """
    return gradient_field(game, round, (player,), at=at, create_graph=create_graph, micro=micro)[player]


def gradient_field(
    game: Game,
    round: Round,
    players: Sequence[str] = (),
    *,
    at: Mapping[str, Tensor] | None = None,
    create_graph: bool = False,
    micro: int | None = None,
) -> Field:
    """Every player's gradient of its own cost in its own parameters, at one point, with shared forward passes.

    Args:
        game: The game.
        round: The data and chance, the same for all.
        players: Whose; everybody's without any.
        at: As in `gradient`.
        create_graph: As in `gradient`: what consensus optimisation or symplectic gradient adjustment need (Mescheder et
            al. 2017; Balduzzi et al. 2018).
        micro: As in `gradient`.
    """
    names = tuple(players) or tuple(game.sides())
    there = None if at is None else {n: p if p.requires_grad else p.detach().requires_grad_() for n, p in at.items()}
    count = round.micro if micro is None else micro
    if count == round.ranks.size == 1:
        return _field(game, names, round, there, create_graph)
    return _mean(game, (_field(game, names, part, there, create_graph) for part in round.parts(count)), round.ranks)


def _field(
    game: Game, players: Sequence[str], round: Round, at: Mapping[str, Tensor] | None, create_graph: bool
) -> Field:
    costs = {
        player: game(player, round) if at is None else functional_call(game, dict(at), (player, round))
        for player in players
    }
    field: Field = {}
    used: list[Tensor] = []
    behind = at is not None and any(p.grad_fn is not None for p in at.values())  # a graph that all parts share
    for player, cost in costs.items():
        strategy = game.strategy(player)
        inputs = list(strategy.values()) if at is None else [at.get(name, p) for name, p in strategy.items()]
        keep = create_graph or behind or player != players[-1]
        slope = _slope(player, cost, strategy, inputs, create_graph, keep)
        field[player] = (cost if create_graph else cost.detach()), slope
        used += inputs
    if not create_graph:
        round.forget(used)
    return field


def _slope(
    player: str, cost: Cost, names: Mapping[str, object], inputs: Sequence[Tensor], create_graph: bool, keep: bool
) -> Gradient:
    values: Sequence[Tensor | None] = ()
    if inputs and cost.total.requires_grad:
        values = torch.autograd.grad(
            cost.total, inputs, create_graph=create_graph, retain_graph=keep, allow_unused=True
        )
    if all(value is None for value in values):
        raise ValueError(f"the cost of {player!r} does not depend on any parameter it controls")
    return dict(zip(names, values, strict=True))


def _mean(game: Game, fields: Iterable[Field], ranks: Ranks) -> Field:
    """The mean of the fields of equal parts of a batch, added up as they come, and over ranks."""
    strategies = {player: game.strategy(player) for player in game.sides()}
    field, sums, there, count = Field(), list[Tensor](), torch.zeros(0), 0
    for field in fields:
        flags = torch.tensor([value is not None for _, slope in field.values() for value in slope.values()]).float()
        tensors = _tensors(field, strategies)
        sums = [a + b for a, b in zip(sums, tensors, strict=True)] if count else tensors
        there, count = torch.maximum(there, flags) if count else flags, count + 1
    flags, *tensors = ranks.mean([there, *(total / count for total in sums)])
    means, flag = iter(tensors), iter(flags.gt(0).tolist())  # where one part has a gradient, another may have none
    found: Field = {}
    for player, (cost, slope) in field.items():
        terms, watch = ({name: next(means) for name in values} for values in (cost.terms, cost.watch))
        pairs = {name: (next(flag), next(means)) for name in slope}
        found[player] = Cost(terms, watch), {name: value if known else None for name, (known, value) in pairs.items()}
    return found


def differentiate(
    round: Round, value: Tensor, parameters: Mapping[str, Tensor], *, create_graph: bool = False, keep: bool = False
) -> Gradient:
    """The gradient of the mean over ranks of a value made of gradients, such as the length of a field.

    Args:
        round: Whose ranks share the value.
        value: A scalar, made with `create_graph`; one that is made of means over ranks is the same on all.
        parameters: In which, by name.
        create_graph: Whether the gradient can be differentiated again.
        keep: Whether the graph behind `value` is used again, as it is with `create_graph`; if not, it is used up.
    """
    inputs, keep = list(parameters.values()), keep or create_graph
    slopes = torch.autograd.grad(value, inputs, create_graph=create_graph, retain_graph=keep, allow_unused=True)
    if not keep:
        round.forget(inputs)
    means = iter(round.ranks.mean([slope for slope in slopes if slope is not None]))
    return {name: s if s is None else next(means) for name, s in zip(parameters, slopes, strict=True)}


def _tensors(field: Field, strategies: Mapping[str, Mapping[str, Tensor]]) -> list[Tensor]:
    """Terms, watched values and gradients, zeros for None, in the order in which `_mean` takes them back."""
    found: list[Tensor] = []
    for player, (cost, slope) in field.items():
        found += [value if value.is_floating_point() else value.float() for value in cost.terms.values()]
        found += [value if value.is_floating_point() else value.float() for value in cost.watch.values()]
        found += [torch.zeros_like(strategies[player][n]) if g is None else g for n, g in slope.items()]
    return found


def move(game: Game, field: Field, round: Round, optimizers: Mapping[str, Optimizer]) -> None:
    """Takes an optimizer step for each player in `field`, along its gradient, then projects.

    The gradients stay in `.grad` until the player's next step, for hooks to look at.

    Raises:
        FloatingPointError: A term of a cost is not finite; none of these players has moved. On an accelerator looking
            would make the host wait, so there the log and the checkpoints look, which wait anyway.
        ValueError: A player has no optimizer.
    """
    for player, (cost, _) in field.items():
        if player not in optimizers:
            raise ValueError(f"{player!r} has no optimizer; there are optimizers for {list(optimizers)}")
        if cost.total.device.type == "cpu" and not math.isfinite(cost.total.item()):
            raise FloatingPointError(_trouble(player, cost, round.number))
    for player, (_, slope) in field.items():
        follow(game, player, slope, optimizers[player])


def follow(game: Game, player: str, slope: Gradient, optimizer: Optimizer) -> None:
    """Takes one player's optimizer step along a slope, then projects; nothing is checked.

    Args:
        game: The game.
        player: Who moves.
        slope: For each of its parameters, in their order.
        optimizer: Its own.
    """
    strategy = list(game.strategy(player).values())
    for p, value in zip(strategy, apart(list(slope.values())), strict=True):
        p.grad = like(p, value)
    let_go(optimizer, strategy)
    optimizer.step()
    with torch.no_grad():
        game.sides()[player].project(strategy)
    # Fused optimizers do not, and `Round.once` relies on it.
    torch.autograd.graph.increment_version(strategy)


def apart(values: list[Tensor | None]) -> list[Tensor | None]:
    """The values, each a tensor of its own: autograd gives one for both sides of a sum, and updates work in place."""
    if len(set(map(id, values))) == len(values):
        return values
    first = {id(value): i for i, value in reversed(list(enumerate(values)))}
    return [v if v is None or first[id(v)] == i else v.clone() for i, v in enumerate(values)]


def let_go(optimizer: Optimizer, movers: Sequence[Tensor]) -> None:
    """Takes the old gradients from parameters that do not move any more: the optimizer would follow them."""
    held = [p for group in optimizer.param_groups for p in group["params"]]
    if len(held) > len(movers):
        moving = set(map(id, movers))
        for p in held:
            p.grad = p.grad if id(p) in moving else None


def like(parameter: Tensor, value: Tensor | None) -> Tensor | None:
    """`value` laid out in memory as `parameter` is: fused optimizers walk through raw memory and do not look."""
    if value is None or value.stride() == parameter.stride():
        return value
    return torch.empty_like(parameter).copy_(value)


def _trouble(player: str, cost: Cost, round: int) -> str:
    """What to say of a cost that is infinite or not a number: its first such term."""
    values = {name: value.item() for name, value in cost.terms.items()}
    name = next((name for name, value in values.items() if not math.isfinite(value)), "total")
    return (
        f"the term {name!r} of {player!r} became {values.get(name, math.inf)} in round {round}, before the update. "
        "Try a smaller learning rate, a larger penalty weight, or data scaled to [-1, 1]"
    )


def load_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> None:
    """Loads a state, with moments laid out as their parameters are, which fused optimizers rely on."""
    optimizer.load_state_dict(state)
    for parameter, moments in optimizer.state.items():
        for name, value in moments.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                moments[name] = like(parameter, value)
