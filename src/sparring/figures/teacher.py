"""The discriminator as a teacher: samples without a generator follow its gradient and arrive at the data."""

from __future__ import annotations

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import NonSaturating, ReverseKL

__all__ = ["FIGURE"]

MEAN = torch.tensor([2.0, 1.0], dtype=torch.float64)
"""Of the data, whose deviation is 1 in both directions."""

START, DEVIATION = torch.tensor([0.0, -0.5], dtype=torch.float64), 0.5
"""Of the samples at the beginning."""

STEP, TIME = 0.02, 3.0


def cloud(mean: Tensor, deviation: float, name: str, n: int = 1000) -> Tensor:
    """Points [n, 2] with exactly this mean and deviation in every direction."""
    points = Key(0).normal(name, (n, 2), torch.float64)
    points = points - points.mean(0)
    spread = torch.linalg.cholesky(points.T @ points / n)
    round: Tensor = torch.linalg.solve_triangular(spread, points.T, upper=False).T
    return mean + deviation * round


def features(x: Tensor) -> Tensor:
    """Powers of the coordinates up to the second, [n, 6]: with them D can be any log ratio of two Gaussians."""
    a, b = x.unbind(1)
    return torch.stack([torch.ones_like(a), a, b, a * a, a * b, b * b], dim=1)


def learn(weights: Tensor, real: Tensor, fake: Tensor, steps: int) -> Tensor:
    """The teacher's weights [6] after Newton's steps on its cost of all samples."""
    seen, others = features(real), features(fake)
    both = torch.cat([seen, others])
    for _ in range(steps):
        at = weights.clone().requires_grad_()
        (slope,) = torch.autograd.grad(NonSaturating().discriminator(seen @ at, others @ at), at)
        said = torch.sigmoid(both @ weights)
        bend = (both.T * said * (1 - said)) @ both / len(seen)
        weights = weights - torch.linalg.solve(bend, slope)
    return weights


def follow() -> tuple[Tensor, Tensor]:
    """The data [n, 2], and where the samples are after each step, [steps + 1, n, 2]."""
    real, x = cloud(MEAN, 1.0, "data"), cloud(START, DEVIATION, "samples")
    weights, course = learn(torch.zeros(6, dtype=torch.float64), real, x, 15), [x]
    for _ in range(round(TIME / STEP)):
        x = x.clone().requires_grad_()
        said = features(x) @ weights
        (slopes,) = torch.autograd.grad(len(x) * ReverseKL().generator(said, said), x)
        x = (x - STEP * slopes).detach()
        weights = learn(weights, real, x, 2)
        course.append(x)
    return real, torch.stack(course)


def make() -> Drawn:
    real, course = follow()
    plane = blank("Samples follow D uphill", "x", "y")
    plane.plot(*real[:400].T, ".", color=COLOURS["real"].light, markersize=3, alpha=0.6)
    plane.plot(*course[::6, :60].unbind(2), color=COLOURS["line"].light, linewidth=0.7)
    plane.plot(*course[0, :60].T, "o", color="#ffffff", markeredgecolor=COLOURS["generated"].light, markersize=3.5)
    plane.plot(*course[-1, :60].T, "o", color=COLOURS["generated"].light, markersize=3.5)
    plane.text(4.1, 3.2, "data", color=COLOURS["real"].light)
    plane.text(-1.4, -2.75, "samples: open at first, filled at the end", color=COLOURS["generated"].light)
    plane.set(xlim=(-1.6, 5), ylim=(-3, 3.8))
    times = torch.arange(len(course), dtype=torch.float64) * STEP
    far = (course.mean(1) - MEAN).norm(dim=1)
    wide = course.var(1, correction=0).mean(1).sqrt()
    away = (START - MEAN).norm().item() * torch.exp(-times)
    width = (1 + (DEVIATION**2 - 1) * torch.exp(-2 * times)).sqrt()
    axes = blank("On the way: lines computed, grey known", "time (steps \u00d7 rate)", "distance; deviation")
    for known, found, colour in ((away, far, SERIES[0]), (width, wide, SERIES[1])):
        axes.plot(times, known, color=COLOURS["line"].light, linewidth=6)
        axes.plot(times, found, color=colour)
    axes.text(0.5, 1.75, "distance of their mean from that of the data", color=SERIES[0])
    axes.text(1.6, 1.08, "their deviation", color=SERIES[1])
    axes.set(xlim=(0, TIME), ylim=(0, 2.7))
    pairs = []
    for time in (0.5, 1.0, 3.0):
        at = round(time / STEP)
        for name, found, known in (("distance of the means", far, away), ("deviation of the samples", wide, width)):
            pairs.append(Pair(f"{name} at time {time:g}", found[at].item(), known[at].item(), 0.06))
    words = "Samples begin as a small cloud at the lower left, and end spread over the data, each by a path of its own."
    more = "The distance of the means falls to near 0 and the deviation rises to 1, both as the closed forms say."
    return Drawn((Picture.of(plane, words), Picture.of(axes, more)), tuple(pairs))


FIGURE = Figure(
    title="The discriminator as a teacher",
    text="There is no generator here: D tells each sample which way is more like the data, and the samples go there. "
    "They arrive as KL(samples, data) falls fastest, which for Gaussians has a closed form.",
    source="report, section 3.2.1, its cooperative view, and the caption of figure 35; the closed form is that of an "
    "Ornstein-Uhlenbeck process",
    section="3.2.1",
    make=make,
    seconds=1.0,
    python="""
import torch
from sparring import losses

mean = torch.tensor([2.0, 1.0], dtype=torch.float64)
x = 0.5 * torch.randn(4000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
x = x - x.mean(0) + torch.tensor([0.0, -0.5])
for _ in range(25):  # to time 0.5
    x.requires_grad_()
    spread = x.detach().std(0)
    centre = x.detach().mean(0)
    logit = ((x - centre) / spread).square().sum(1) / 2 - (x - mean).square().sum(1) / 2  # the best one, but a constant
    (slopes,) = torch.autograd.grad(len(x) * losses.ReverseKL().generator(logit, logit), x)
    x = (x - 0.02 * slopes).detach()
measured = {"distance of the means at time 0.5": (x.mean(0) - mean).norm().item(),
            "deviation of the samples at time 0.5": x.std(0).mean().item()}
print(measured)
""",
)
