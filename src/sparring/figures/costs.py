"""What the generator pays for a sample, and its gradient, against what the discriminator says of it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import SERIES
from sparring.looks.vector import blank
from sparring.losses import AdversarialLoss, MaximumLikelihood, Minimax, NonSaturating

__all__ = ["FIGURE"]

COSTS: Mapping[str, AdversarialLoss] = {
    "minimax": Minimax(),
    "non-saturating": NonSaturating(),
    "maximum likelihood": MaximumLikelihood(),
}
COLOURS = dict(zip(COSTS, SERIES, strict=False))
SLOPES = {
    "minimax": lambda d: -d,
    "non-saturating": lambda d: -(1 - d),
    "maximum likelihood": lambda d: -d / (1 - d),
}
"""Derivatives of the costs in the logit, by hand: of log(1 - D), -log D and -D / (1 - D) with D = sigmoid(a)."""

SHARES = {"minimax": (0.9801 - 0.81) / 0.9801, "non-saturating": 1 - 0.495 / 0.49995,
          "maximum likelihood": 1 - (math.log(10) - 0.9) / (math.log(100) - 0.99)}  # fmt: skip
"""The integral of each slope over D from 0.9 to 0.99, over that from 0."""


def cost(name: str, d: Tensor) -> tuple[Tensor, Tensor]:
    """A generator's cost of single samples that D gives [N], and its derivative in the logit, [N]."""
    logits = torch.logit(d).requires_grad_()
    costs = torch.stack([COSTS[name].generator(a, a) for a in logits[:, None]])
    (slopes,) = torch.autograd.grad(costs.sum(), logits)
    return costs.detach(), slopes


def make() -> Drawn:
    d = torch.linspace(0.005, 0.995, 199, dtype=torch.float64)
    left = blank("Cost of a sample", "D(G(z)): probability that it is real", "cost")
    right = blank("Size of the gradient in the logit", "D(G(z)): probability that it is real", "size of the gradient")
    places = {"minimax": (0.36, -1.7), "non-saturating": (0.12, 2.6), "maximum likelihood": (0.24, -5.2)}
    spots = {"minimax": (0.66, 0.42), "non-saturating": (0.03, 1.1), "maximum likelihood": (0.22, 2.0)}
    for name, colour in COLOURS.items():
        paid, slopes = cost(name, d)
        left.plot(d, paid, color=colour)
        right.plot(d, slopes.abs(), color=colour)
        left.text(*places[name], name, color=colour)
        right.text(*spots[name], name, color=colour)
    left.set(xlim=(0, 1), ylim=(-8, 5))
    right.set(xlim=(0, 1), ylim=(0, 2.5))
    at, even = torch.tensor([0.01, 0.5, 0.99], dtype=torch.float64), (torch.arange(1980).double() + 0.5) / 2000
    pairs = []
    for name in COSTS:
        found = cost(name, at)[1].tolist()
        pairs += [Pair(f"{name}, gradient at D = {x:.2g}", slope, SLOPES[name](x), 1e-6 * max(1, abs(slope)))
                  for x, slope in zip(at.tolist(), found, strict=True)]  # fmt: skip
    for name in COSTS:
        slopes = cost(name, even)[1]
        share = (slopes[even > 0.9].sum() / slopes.sum()).item()
        pairs.append(Pair(f"{name}, share of the gradient from D > 0.9", share, SHARES[name], 1e-3))
    costs = "Curves against D from 0 to 1. All costs fall. The non-saturating one is steep at 0, both others at 1."
    sizes = "Curves against D from 0 to 1. Minimax grows from 0 to 1, and the non-saturating one falls from 1 to 0. "
    rest = "Maximum likelihood grows from 0 without bound."
    return Drawn((Picture.of(left, costs), Picture.of(right, sizes + rest)), tuple(pairs))


FIGURE = Figure(
    title="What the generator pays, and what moves it",
    text="Where D is sure that a sample is generated, minimax and maximum likelihood give almost no gradient, and the "
    "non-saturating cost gives most. Under maximum likelihood the few samples that D takes for real weigh most: "
    "one in eleven, with D above 0.9, gives 61% of the gradient.",
    source="report, section 3.2.6 and figure 16; our costs have no factor 1/2; D is spread evenly from 0 to 0.99 for "
    "the shares",
    section="3.2.6",
    make=make,
    seconds=0.7,
    python="""
import torch
from sparring import losses

d = torch.tensor([0.01, 0.5, 0.99], dtype=torch.float64)
logits = torch.logit(d).requires_grad_()
measured = {}
for name, loss in {"minimax": losses.Minimax(), "non-saturating": losses.NonSaturating()}.items():
    total = sum(loss.generator(a, a) for a in logits.split(1))  # a loss takes the mean over a batch
    (slopes,) = torch.autograd.grad(total, logits)
    for x, slope in zip(d.tolist(), slopes.tolist()):
        measured[f"{name}, gradient at D = {x}"] = slope
print(measured)
""",
)
