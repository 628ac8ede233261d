"""Two Gaussians as they part: which distances still grow, and which generator still has a gradient."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import SERIES
from sparring.looks.vector import blank, leaving, logarithmic
from sparring.losses import AdversarialLoss, JensenShannon, Minimax, NonSaturating, Wasserstein
from sparring.metrics.wasserstein import sliced_wasserstein

__all__ = ["FIGURE"]

POINTS = 400_000

DISTANCES = (0.5, 1.0, 2.0, 4.0, 8.0)
EXPECTED = {
    "Jensen-Shannon (nats)": (0.03031, 0.11142, 0.33683, 0.63272, 0.69305),
    "minimax, gradient": (0.235, 0.398, 0.450, 0.137, 3.9e-4),
    "non-saturating, gradient": (0.265, 0.602, 1.55, 3.86, 8.00),
}
"""At these distances, from integrals computed elsewhere, to the digits that are given."""

LOSSES: Mapping[str, AdversarialLoss] = {"minimax, gradient": Minimax(), "non-saturating, gradient": NonSaturating()}


SPOTS = {"minimax, gradient": (5.7, 6e-3), "non-saturating, gradient": (4.2, 6.5)}


def normal(points: int = POINTS) -> Tensor:
    """Values of N(0, 1) at even steps of probability, [points]: a mean over them is an integral."""
    steps = (torch.arange(points, dtype=torch.float64) + 0.5) / points
    values: Tensor = torch.special.ndtri(steps)
    return values


def logit(x: Tensor, d: float) -> Tensor:
    """Of the best discriminator: log N(x; 0, 1) - log N(x; d, 1)."""
    return d * d / 2 - d * x


def jensen_shannon(d: float, points: int = POINTS) -> float:
    """By the value of the f-GAN of that name, which has twice the divergence, at the best logits."""
    z = normal(points)
    return -JensenShannon().discriminator(logit(z, d), logit(z + d, d)).item() / 2


def gradient(loss: AdversarialLoss, d: float, points: int = POINTS) -> float:
    """How strongly the generator x = z + d is pulled to the data by the best discriminator, which stays as it is."""
    shift = torch.tensor(d, dtype=torch.float64, requires_grad=True)
    a = logit(normal(points) + shift, d)
    (slope,) = torch.autograd.grad(loss.generator(a, a), shift)
    return slope.item()


def earth_mover(d: float) -> float:
    """Between sets of 1,000 points, which on a line are matched in their order."""
    z = normal(1000)[:, None]
    return sliced_wasserstein(z, z + d, projections=2, p=1)


def critic_gradient(d: float) -> float:
    """The pull of the best critic, f(x) = -x."""
    shift = torch.tensor(d, dtype=torch.float64, requires_grad=True)
    fake = -(normal(1000) + shift)
    (slope,) = torch.autograd.grad(Wasserstein().generator(fake, fake), shift)
    return slope.item()


def make() -> Drawn:
    places = [i / 8 for i in range(1, 65)]
    left = blank("Distance of N(0, 1) and N(d, 1)", "d: how far apart they are", "distance", (4.6, 3.0))
    left.plot(places, [earth_mover(d) for d in places], color=SERIES[0])
    left.plot(places, [jensen_shannon(d, 20_000) for d in places], color=SERIES[1])
    left.text(2.0, 1.7, "earth mover's", color=SERIES[0])
    left.text(8, 0.75, "Jensen-Shannon, at most log 2", color=SERIES[1], ha="right")
    left.set(ylim=(0, 2.5))
    leaving(left, places, [earth_mover(d) for d in places], SERIES[0])
    right = blank("Gradient that reaches the generator", "d: how far apart they are", "size, logarithmic", (4.6, 3.0))
    for (name, loss), colour in zip(LOSSES.items(), (SERIES[1], SERIES[2]), strict=True):
        right.plot(places, [gradient(loss, d, 20_000) for d in places], color=colour)
        right.text(*SPOTS[name], name.partition(",")[0], color=colour, ha="right")
    right.plot(places, [critic_gradient(d) for d in places], color=SERIES[0])
    right.text(7.9, 1.25, "Wasserstein critic", color=SERIES[0], ha="right")
    logarithmic(right, "y")
    right.set(ylim=(2e-4, 20))
    found = []
    for i, d in enumerate(DISTANCES):
        at = f"d = {d:g}"
        found += [Pair(f"Jensen-Shannon (nats), {at}", jensen_shannon(d), EXPECTED["Jensen-Shannon (nats)"][i], 2e-5)]
        for name, loss in LOSSES.items():
            least = EXPECTED[name][i]
            found.append(Pair(f"{name}, {at}", gradient(loss, d), least, 0.01 * least))
        found.append(Pair(f"earth mover's, {at}", earth_mover(d), d, 1e-9))
    found.append(Pair("Wasserstein critic, gradient, d = 8", critic_gradient(8.0), 1.0, 1e-9))
    one = (
        "Against d from 0 to 8: the earth mover's distance is a straight line, Jensen-Shannon bends and stays at log 2."
    )
    two = (
        "Against d: minimax rises to 0.45 and falls to almost 0. The non-saturating one grows like d. A critic's is 1."
    )
    return Drawn((Picture.of(left, one), Picture.of(right, two)), tuple(found))


FIGURE = Figure(
    title="Two Gaussians as they part, and who still feels a pull",
    text="When data and model are far apart, a perfect discriminator leaves the minimax generator without a gradient. "
    "The non-saturating cost then pulls hard, and a Wasserstein critic pulls alike at every distance.",
    source="Gavranovi\u0107 2017, gradients between two Gaussians; report, section 3.2.3",
    section="3.2.3",
    make=make,
    seconds=0.9,
    python="""
import torch
from sparring import losses

steps = (torch.arange(400_000, dtype=torch.float64) + 0.5) / 400_000
z = torch.special.ndtri(steps)  # N(0, 1) at even steps of probability
measured = {}
for name, loss in {"minimax": losses.Minimax(), "non-saturating": losses.NonSaturating()}.items():
    for d in (0.5, 2.0, 8.0):
        shift = torch.tensor(d, dtype=torch.float64, requires_grad=True)
        logit = d * d / 2 - d * (z + shift)  # of the best discriminator for data from N(0, 1)
        (slope,) = torch.autograd.grad(loss.generator(logit, logit), shift)
        measured[f"{name}, gradient, d = {d:g}"] = slope.item()
print(measured)
""",
)
