"""The gradient in deep critics, layer by layer: it explodes or vanishes under clipping, not under the penalty."""

from __future__ import annotations

import copy
import math

import torch
from matplotlib.axes import Axes
from torch import Tensor, nn
from torch.optim import Adam, RMSprop

from sparring.chance import Key
from sparring.data.toys import swiss_roll
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.figures.value_surfaces import Beside, alone, started
from sparring.latents import Normal
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Wasserstein
from sparring.networks.mlp import MLP
from sparring.penalties import Penalty, Weight, interpolated
from sparring.projections import Clip

__all__ = ["Beside", "alone", "started"]

DEEP, WIDTH, ROUNDS, WEIGHT = 12, 128, 1000, 10.0
"""Hidden layers, units of each, rounds, and the weight of the penalty."""

SIZES = (2, *[WIDTH] * DEEP, 1)
BOUNDS = (0.1, 0.01, 0.001)


def layers(critic: MLP) -> list[nn.Linear]:
    return [layer for layer in critic.layers if isinstance(layer, nn.Linear)]


def clipped(bound: float, seed: int) -> MLP:
    """Weights even in their bounds: a gradient shrinks by bound sqrt(units / 6) a layer, if half the units work."""
    critic = started(*SIZES, seed=seed)
    with Key(seed).seeded():
        for layer in layers(critic):
            nn.init.uniform_(layer.weight, -bound, bound)
    return critic


def norms(critic: MLP, seed: int) -> Tensor:
    """Of the gradient of the critic's loss in what each linear layer gives, first layer first, [DEEP + 1]."""
    x = swiss_roll(2000, seed=seed + 1)
    values, found = torch.cat([x, x + Key(seed).normal("beside", (2000, 2))]).double(), []
    for layer in copy.deepcopy(critic).double().layers:
        values = layer(values)
        found += [values] if isinstance(layer, nn.Linear) else []
    loss = Wasserstein().discriminator(values[:2000], values[2000:])
    return torch.stack([slope.norm() for slope in torch.autograd.grad(loss, found)])


def decades(lengths: Tensor) -> float:
    """By how many powers of ten a gradient grows from a hidden layer to the one before it: the best line's slope."""
    logs = lengths[:-1].log10()
    place = torch.arange(len(logs), 0, -1, dtype=torch.float64) - (len(logs) + 1) / 2
    return float((place @ logs) / (place @ place))


def weights(critic: MLP) -> Tensor:
    """Those between hidden layers."""
    return torch.cat([layer.weight.detach().flatten() for layer in layers(critic)[1:-1]])


def extreme(values: Tensor, bound: float) -> float:
    """The share of values within a twentieth of a bound, on either side."""
    return (values.abs() > 0.95 * bound).double().mean().item()


def critics(seed: int = 0) -> dict[str, tuple[MLP, MLP]]:
    """By name, each before and after training: clipped ones, one with the penalty, one with neither."""
    found: dict[str, tuple[MLP, MLP]] = {}
    data = swiss_roll(seed=seed)
    for bound in BOUNDS:
        critic = clipped(bound, seed).double()  # in single precision the smallest gradients are 0
        before = copy.deepcopy(critic)
        game = Beside(nn.Identity(), critic, Normal(2), Wasserstein(), project=Clip(bound))
        alone(game, RMSprop(game.strategy("discriminator").values(), 1e-4), data.double(), ROUNDS, seed)
        found[f"clipped at {bound}"] = before, critic
    penalties: dict[str, dict[Penalty, Weight]] = {"penalty": {interpolated: WEIGHT}, "neither": {}}
    for name, penalty in penalties.items():
        before, critic = started(*SIZES, seed=seed), started(*SIZES, seed=seed)
        game = Beside(nn.Identity(), critic, Normal(2), Wasserstein(), penalty)
        alone(game, Adam(game.strategy("discriminator").values(), 1e-4, (0.5, 0.9)), data, ROUNDS, seed)
        found[name] = before, critic
    return found


LINES = {"clipped at 0.1": (SERIES[1], "-", "o"), "clipped at 0.01": (SERIES[0], "-", "s"),
         "clipped at 0.001": (SERIES[4], "-", "v"), "penalty": (COLOURS["discriminator"].light, "-", "D"),
         "neither": (COLOURS["quiet"].light, ":", "")}  # fmt: skip


def histogram(title: str, values: Tensor, before: Tensor, reach: float, colour: str) -> Axes:
    """The weights after training, filled, and before it, as a line."""
    axes = blank(title, "weight", "share of the weights", (4.6, 3.8))
    edges = torch.linspace(-reach, reach, 42, dtype=torch.float64)
    for each, look in ((values, {"fill": True, "color": colour}), (before, {"color": COLOURS["ink"].light})):
        axes.stairs(torch.histogram(each.double(), edges).hist / len(each), edges, **look)
    axes.set(xlim=(-1.05 * reach, 1.05 * reach), xticks=[-reach, -reach / 2, 0, reach / 2, reach])
    return axes


def make() -> Drawn:
    played = critics()
    found = {name: (norms(before, 0), norms(after, 0)) for name, (before, after) in played.items()}
    plane = blank("The gradient on its way back", "layer", "length of the gradient, power of ten", (4.6, 3.8))
    for name, (colour, dashes, mark) in LINES.items():
        lengths = found[name][1].log10()
        plane.plot(range(1, len(lengths) + 1), lengths, mark + dashes, color=colour, label=name, markersize=4)
    plane.set(xlim=(DEEP + 1.3, 0.7), xticks=[13, 10, 7, 4, 1])
    plane.legend(loc="lower left")
    rate = {name: (decades(before), decades(after)) for name, (before, after) in found.items()}
    pairs, (start, end) = [], map(weights, played["clipped at 0.1"])
    for bound in BOUNDS:
        known = math.log10(bound * math.sqrt(WIDTH / 6))
        pairs.append(Pair(f"clipped at {bound}, before: decades a layer", rate[f"clipped at {bound}"][0], known, 0.05))
        if bound < BOUNDS[0]:
            pairs.append(Pair(f"clipped at {bound}: decades a layer", rate[f"clipped at {bound}"][1], known, 0.2))
    grows = {name: float(rate[name][1] > 0) for name in ("clipped at 0.1", "neither")}
    pairs += [Pair(f"{name}: does it grow, 1 is yes", grown, 1, 0) for name, grown in grows.items()]
    bell_start, bell = map(weights, played["penalty"])
    top = bell.abs().max().item()
    pairs += [Pair("penalty: decades a layer", rate["penalty"][1], 0, 0.1),
              Pair("clipped at 0.1, before: share of weights at the bounds", extreme(start, BOUNDS[0]), 0.05, 0.005),
              Pair("clipped at 0.1: at least 5 times as many, 1 is yes", float(extreme(end, BOUNDS[0]) >= 0.25), 1, 0),
              Pair("penalty: share at its own largest weight", extreme(bell, top), 0, 0.01)]  # fmt: skip
    told = ", ".join(f"{name} {after:+.2f}" for name, (_, after) in rate.items())
    words = f"Length of the gradient, last layer left, first right. Powers of ten gained a layer: {told}."
    two = histogram("Weights, clipped at 0.1", end, start, BOUNDS[0], SERIES[1])
    one = histogram("Weights, with the penalty", bell, bell_start, 0.5, COLOURS["discriminator"].light)
    more = f"Bars at both ends, {extreme(end, BOUNDS[0]):.0%} of the weights, are the tallest; before, all were even."
    last = "A bell around 0, as before training."
    return Drawn((Picture.of(plane, words), Picture.of(two, more), Picture.of(one, last)), tuple(pairs))


FIGURE = Figure(
    title="Clipped critics: gradients explode or vanish",
    text="On the way back through 12 layers a gradient grows or shrinks as a power, under clipping and with neither; "
    "the penalty keeps its length. Clipping at 0.1 drives weights to their bounds.",
    source="Gulrajani et al. 2017, figure 1b; here the generator is fixed, and layers have 128 units. At 0.01 and "
    "0.001 the weights hardly move, so these lines are nearly those before training",
    section="3.2.5",
    make=make,
    seconds=90.0,
    tier="full",
    python="""
import math
import torch
from sparring import losses
from sparring.networks.mlp import MLP

torch.manual_seed(0)
critic, values, found = MLP(2, *[128] * 12, 1, logits=True).double(), torch.randn(2000, 2).double(), []
for layer in critic.layers:
    if isinstance(layer, torch.nn.Linear):
        torch.nn.init.uniform_(layer.weight, -0.01, 0.01)
        torch.nn.init.zeros_(layer.bias)
    values = layer(values)
    found += [values] if isinstance(layer, torch.nn.Linear) else []
loss = losses.Wasserstein().discriminator(values[:1000], values[1000:])
sizes = [slope.norm().item() for slope in torch.autograd.grad(loss, found)]
measured = {"clipped at 0.01, before: decades a layer": math.log10(sizes[0] / sizes[-2]) / 11}
print(measured)
""",
)
