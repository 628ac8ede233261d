"""The gradient through a draw from five categories: which estimators are biased, and how much they vary."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, one_hot

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.latents import Gumbel
from sparring.layers.gumbel_softmax import gumbel_softmax, straight_through
from sparring.looks.colours import SERIES
from sparring.looks.vector import blank, logarithmic

__all__ = ["FIGURE"]

SAMPLES = 10_000
TEMPERATURES = (0.02, 0.04, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
LOGITS = torch.tensor([1.0, 0.0, -1.0, 0.5, -0.5], dtype=torch.float64)
JUDGED = torch.tensor([-2.0, 1.0, 3.0, -1.0, 2.0], dtype=torch.float64)
"""The discriminator's logit of each category; between categories it is linear."""


def cost(rows: Tensor) -> Tensor:
    """Of rows [n, 5], the generator's non-saturating cost [n]."""
    return -logsigmoid(rows @ JUDGED)


def exact() -> Tensor:
    """The gradient [5] of the mean cost in the logits, over all five categories."""
    p, f = LOGITS.softmax(0), cost(torch.eye(5, dtype=torch.float64))
    return p * (f - p @ f)


def noise() -> Tensor:
    return Gumbel((5,))(Key(14).rows(SAMPLES)).double()


def reinforce(g: Tensor, baseline: float = 0.0) -> Tensor:
    """Estimates [n, 5]: cost less a baseline, times the derivative of log p of what was drawn."""
    drawn = one_hot((LOGITS + g).argmax(1), 5).double()
    return (cost(drawn) - baseline)[:, None] * (drawn - LOGITS.softmax(0))


def through(g: Tensor, temperature: float, *, hard: bool) -> Tensor:
    """Estimates [n, 5] by Gumbel-softmax: the derivative of the cost of each row."""
    logits = LOGITS.expand_as(g).clone().requires_grad_()
    rows = gumbel_softmax(logits, g, temperature)
    [slopes] = torch.autograd.grad(cost(straight_through(rows) if hard else rows).sum(), logits)
    return slopes


def variance(baseline: float) -> float:
    """Of one estimate of REINFORCE, all five parts together, over all categories."""
    p, each = LOGITS.softmax(0), torch.eye(5, dtype=torch.float64)
    squares = ((cost(each) - baseline)[:, None] * (each - p)).square().sum(1)
    return float(p @ squares - exact().square().sum())


def bias(estimates: Tensor) -> float:
    """How far the mean estimate is from the exact gradient, as a share of its length."""
    return float((estimates.mean(0) - exact()).norm() / exact().norm())


def spread(estimates: Tensor) -> float:
    """The variance of one estimate, all parts together."""
    return float(estimates.var(0).sum())


def far(estimates: Tensor) -> float:
    """How many standard errors the mean is off, in the part where that is most."""
    return float(((estimates.mean(0) - exact()).abs() / (estimates.std(0) / len(estimates) ** 0.5)).max())


KINDS = {"straight-through": True, "soft": False}


def make() -> Drawn:
    g, mean = noise(), (LOGITS.softmax(0) @ cost(torch.eye(5, dtype=torch.float64))).item()
    plain = {"REINFORCE": reinforce(g), "with a baseline": reinforce(g, mean)}
    curves = {name: {t: through(g, t, hard=hard) for t in TEMPERATURES} for name, hard in KINDS.items()}
    left = blank("Bias, as a share of the gradient", "temperature", "", (4.6, 3.0))
    right = blank("Variance of one estimate", "temperature", "", (4.6, 3.0))
    for axes, measure, places in ((left, bias, BESIDE), (right, spread, ABOVE)):
        logarithmic(axes, "x")
        lines = {name: [measure(found[t]) for t in TEMPERATURES] for name, found in curves.items()}
        lines |= {name: [measure(found)] * len(TEMPERATURES) for name, found in plain.items()}
        for (name, line), colour in zip(lines.items(), SERIES, strict=False):
            axes.plot(TEMPERATURES, line, color=colour, linestyle=(0, (5, 5)) if name == "with a baseline" else "solid")
            axes.text(*places[name], name, color=colour)
    logarithmic(right, "y")
    left.set(ylim=(-0.12, 0.95))
    one = "Bias rises with the temperature, to 0.8 and more, for soft and straight-through; for REINFORCE it is 0."
    two = "Variance of soft and straight-through falls with the temperature; a baseline lowers that of REINFORCE."
    pictures = (Picture.of(left, one), Picture.of(right, two))
    return Drawn(pictures, tuple(pairs(plain, mean, curves)))


def pairs(plain: dict[str, Tensor], mean: float, curves: dict[str, dict[float, Tensor]]) -> list[Pair]:
    found = []
    for (name, estimates), base in zip(plain.items(), (0.0, mean), strict=True):
        found += [
            Pair(f"{name}: bias", bias(estimates), 0.0, 0.08),
            Pair(f"{name}: variance", spread(estimates), variance(base), 0.06 * variance(base)),
        ]
    for name, rows in curves.items():
        at, low = rows[0.5], (spread(rows[t]) for t in (0.02, 0.04))
        biases = [bias(rows[t]) for t in (0.2, 0.5, 1.0, 2.0)]
        found += [
            Pair(f"{name}, temperature 0.5: bias of 5 standard errors or more, 1 is yes", float(far(at) > 5), 1, 0),
            Pair(f"{name}: bias rises with the temperature, 1 is yes", float(biases == sorted(biases)), 1, 0),
            Pair(f"{name}: variance at temperature 0.02 over that at 0.04", next(low) / next(low), 2, 0.4),
        ]
    return found


BESIDE = {
    "straight-through": (1.1, 0.14),
    "soft": (1.0, 0.5),
    "REINFORCE": (0.03, -0.07),
    "with a baseline": (0.9, -0.07),
}
ABOVE = {"straight-through": (0.06, 8), "soft": (0.2, 0.05), "REINFORCE": (1.2, 1.3), "with a baseline": (1.0, 0.5)}
"""Where names of lines stand."""

FIGURE = Figure(
    title="Gradients through a choice of five",
    text="REINFORCE has no bias, and a baseline takes variance away. Gumbel-softmax has a bias that grows with the "
    "temperature and a variance that falls with it, and so has straight-through.",
    source="report, section 5.3, which names the ways; Jang et al. 2016. The exact gradient is a sum over five cases. "
    "At low temperatures the variance goes as 1 over the temperature",
    section="5.3",
    make=make,
    seconds=0.7,
    python="""
import torch
from torch.nn.functional import logsigmoid, one_hot
from sparring import Key
from sparring.latents import Gumbel

logits = torch.tensor([1.0, 0.0, -1.0, 0.5, -0.5], dtype=torch.float64)
judged = torch.tensor([-2.0, 1.0, 3.0, -1.0, 2.0], dtype=torch.float64)  # what D says of each category
p, cost = logits.softmax(0), -logsigmoid(judged)
exact = p * (cost - p @ cost)
noise = Gumbel((5,))(Key(14).rows(10_000)).double()
drawn = (logits + noise).argmax(1)  # draws from p
score = one_hot(drawn, 5) - p  # the derivative of log p
plain, steady = cost[drawn, None] * score, (cost[drawn, None] - p @ cost) * score
measured = {
    "REINFORCE: bias": ((plain.mean(0) - exact).norm() / exact.norm()).item(),
    "REINFORCE: variance": plain.var(0).sum().item(),
    "with a baseline: variance": steady.var(0).sum().item(),
}
print(measured)
""",
)
