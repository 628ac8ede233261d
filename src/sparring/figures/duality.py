"""Kantorovich-Rubinstein duality: the cheapest plan costs what the best function of slope 1 reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linprog
from torch import Tensor

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank
from sparring.losses import Wasserstein
from sparring.metrics.wasserstein import exact_wasserstein, sliced_wasserstein

__all__ = ["FIGURE", "LINE", "PLANE", "Space"]

Array = NDArray[np.float64]

KEY, N, EACH = Key(4, ("duality",)), 30, 60  # points of a space, and samples of each kind on them
INK, DATA, MADE, CRITIC = (COLOURS[name].light for name in ("ink", "real", "generated", "discriminator"))


@dataclass(frozen=True, eq=False)
class Space:
    """Points [N, D], and the number of the point that each example and each sample is on, [EACH] and [EACH]."""

    points: Tensor
    real: Tensor
    fake: Tensor

    @staticmethod
    def of(points: Tensor, centre: list[float], others: list[list[float]]) -> Space:
        """Data around a place [D], samples around two others [2, D]; each is on the nearest point."""
        data, model = KEY.normal("noise", (2, EACH, points.shape[1]), torch.float64)
        places = torch.tensor(centre) + 0.6 * data, torch.tensor(others).repeat(EACH // 2, 1) + 0.4 * model
        return Space(points, *(torch.cdist(at, points).argmin(1) for at in places))

    @property
    def gaps(self) -> Array:
        """Distances of all points, [N, N]."""
        return np.asarray(np.linalg.norm(self.points.numpy()[:, None] - self.points.numpy()[None], axis=2))

    @property
    def masses(self) -> tuple[Array, Array]:
        """Of data and model at each point, [N] and [N]."""
        p, q = (np.bincount(side.numpy(), minlength=N) / EACH for side in (self.real, self.fake))
        return p, q

    def plan(self) -> Array:
        """Primal: how much goes from each point to each, [N, N], at the least cost. A linear programme."""
        p, q = self.masses
        leave, arrive = np.kron(np.eye(N), np.ones(N)), np.kron(np.ones(N), np.eye(N))
        return np.asarray(linprog(self.gaps.ravel(), A_eq=np.vstack([leave, arrive]), b_eq=[*p, *q]).x).reshape(N, N)

    def function(self, bound: float = 1.0) -> Array:
        """Dual: values [N] that rise by at most `bound` times the distance, and read most. A linear programme."""
        (p, q), (one, other) = self.masses, np.nonzero(self.gaps)
        rises = np.eye(N)[one] - np.eye(N)[other]
        free = [(0.0, 0.0), *[(None, None)] * (N - 1)]  # a constant added to all values changes nothing
        return np.asarray(linprog(q - p, A_ub=rises, b_ub=bound * self.gaps[one, other], bounds=free).x)

    def read(self, values: Array) -> float:
        """What a critic with these values [N] reads, by the library's loss."""
        seen = torch.from_numpy(values)
        return -Wasserstein().discriminator(seen[self.real], seen[self.fake]).item()

    def guesses(self, n: int = 300) -> tuple[Array, Array]:
        """What random functions of slope at most 1 and their negatives read, and what random plans cost, [n] each."""
        tops = KEY.normal("guesses", (n, N), torch.float64).numpy()
        orders = [KEY.permutation(f"plan {i}", EACH) for i in range(n)]
        read = [abs(self.read((top + self.gaps).min(1))) for top in tops]  # the least of cones of slope 1
        return np.array(read), np.array([self.gaps[self.real, self.fake[order]].mean() for order in orders])


LINE = Space.of(KEY.normal("line", (N, 1), torch.float64).sort(0).values, [-0.1], [[-1.0], [1.0]])
PLANE = Space.of(KEY.normal("plane", (N, 2), torch.float64), [-0.9, 0.2], [[0.9, 0.8], [0.6, -1.0]])


def ways(space: Space, plan: Array) -> Array:
    """Numbers of the points that each way of a plan joins, [2, ways], but those of length 0."""
    return np.stack(np.nonzero((plan > 1e-12) & (space.gaps > 0)))


def draw_line(plan: Array, values: Array) -> Picture:
    axes = blank("On a line", "x", "f, and masses", (4.6, 3.9))
    x, best = LINE.points[:, 0].numpy(), values - values.min() + 0.9
    for i, j in ways(LINE, plan).T:
        arc = np.linspace(0, np.pi, 24)
        across, deep = (x[i] + x[j]) / 2 + (x[j] - x[i]) / 2 * np.cos(arc), -0.6 * LINE.gaps[i, j] * np.sin(arc)
        axes.plot(across, deep, color="#8c8c8c", linewidth=0.4 + 14 * plan[i, j])
    for mass, colour, shift, word in zip(LINE.masses, (DATA, MADE), (-0.015, 0.015), ("data", "model"), strict=True):
        axes.vlines(x + shift, 0, 4 * mass, color=colour, linewidth=2.2, label=word)
    axes.plot(x, best, "o-", color=CRITIC, markersize=2.5, label="best function f")
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.legend(loc="upper left", ncols=3, columnspacing=1.0, handlelength=1.2)
    axes.set(ylim=(-0.9, best.max() + 0.6), yticks=[])
    words = "The best function is a tent: high where data is, falling with slope 1 to where the samples are."
    return Picture.of(axes, f"{words} Arcs below join the points of the best plan.")


def draw_plane(plan: Array, values: Array) -> Picture:
    axes = blank("In the plane: level lines of f, and the plan", "x", "y", (4.6, 3.9))
    side, x = np.linspace(-2.8, 2.8, 100), PLANE.points.numpy()
    far = np.linalg.norm(np.stack(np.meshgrid(side, side), 2)[:, :, None] - x, axis=3)
    axes.contour(side, side, (values + far).min(2), 16, colors=CRITIC, linewidths=0.6, linestyles="solid", alpha=0.6)
    for way in ways(PLANE, plan).T:
        axes.plot(*x[way].T, color="#8c8c8c", linewidth=0.4 + 14 * plan[tuple(way)])
    for mass, colour in zip(PLANE.masses, (DATA, MADE), strict=True):
        place, size = x[mass > 0], 450 * mass[mass > 0]
        axes.scatter(place[:, 0], place[:, 1], size, facecolors="none", edgecolors=colour, linewidths=1.8, zorder=3)
    axes.set(xlim=(-2.8, 2.8), ylim=(-2.3, 2.8), aspect="equal")
    words = "Rings of the data on the left and of the model on the right, joined by straight lines of the best plan."
    return Picture.of(axes, f"{words} They cross the level lines of the best function.")


def compared(name: str, space: Space, plan: Array, values: Array) -> list[Pair]:
    cost, (one, other), (reads, costs) = float((plan * space.gaps).sum()), ways(space, plan), space.guesses()
    falls = (values[one] - values[other]) / space.gaps[one, other]
    library = exact_wasserstein(space.points[space.real], space.points[space.fake])
    return [
        Pair(f"{name}: best function, best plan", space.read(values), cost, 1e-9),
        Pair(f"{name}: library's distance, best plan", library, cost, 1e-9),
        Pair(f"{name}: slope of f along the plan, least", falls.min(), 1.0, 1e-9),
        Pair(f"{name}: slope of f along the plan, largest", falls.max(), 1.0, 1e-9),
        Pair(f"{name}: best of slope 3, 3 times the plan", space.read(space.function(3.0)), 3 * cost, 1e-9),
        Pair(f"{name}: of 300 random functions, read more", float((reads > cost + 1e-9).sum()), 0, 0),
        Pair(f"{name}: of 300 random plans, cost less", float((costs < cost - 1e-9).sum()), 0, 0),
    ]


def make() -> Drawn:
    best = {space: (space.plan(), space.function()) for space in (LINE, PLANE)}
    pairs = [*compared("line", LINE, *best[LINE]), *compared("plane", PLANE, *best[PLANE])]
    gaps, cost = LINE.gaps.diagonal(1), pairs[0].expected
    left = np.cumsum(np.subtract(*LINE.masses))[:-1]  # P - Q on the pieces between neighbours
    wrong = abs(np.diff(best[LINE][1]) / gaps + np.sign(left))[abs(left) > 1e-12]
    shadows = sliced_wasserstein(LINE.points[LINE.real], LINE.points[LINE.fake], projections=1, p=1)
    pairs += [
        Pair("line: integral of |P \u2212 Q|, best plan", float((abs(left) * gaps).sum()), cost, 1e-9),
        Pair("line: samples in their order, best plan", shadows, cost, 1e-9),
        Pair("line: slope of f away from the sign of Q \u2212 P", wrong.max(), 0.0, 1e-9),
    ]
    return Drawn((draw_line(*best[LINE]), draw_plane(*best[PLANE])), tuple(pairs))


FIGURE = Figure(
    title="The best function and the best plan agree",
    text="The least cost of carrying the model's mass to the data is the largest difference in mean of any function of "
    "slope 1. "
    "Along every way of the best plan that function rises by the length of the way, so its slope there is 1.",
    source="Gavranovi\u0107 2017, Kantorovich-Rubinstein duality and Lipschitz continuity, after Arjovsky et al. 2017. "
    "There are 30 points and 60 samples of each kind, and linear programmes find both sides. P and Q are the shares of "
    "data and samples up to a point",
    section="3.2.5",
    make=make,
    seconds=1.0,
    python="""
import numpy as np
import torch
from scipy.optimize import linprog
from sparring import losses
from sparring.figures.duality import LINE
from sparring.metrics.wasserstein import exact_wasserstein

x, real, fake = LINE.points, LINE.real, LINE.fake  # 30 points, and the point that each sample is on
n, gaps = len(x), torch.cdist(x, x).numpy()
one, other = np.nonzero(gaps)
reads = np.bincount(real, minlength=n) / len(real) - np.bincount(fake, minlength=n) / len(fake)
best = linprog(-reads, A_ub=np.eye(n)[one] - np.eye(n)[other], b_ub=gaps[one, other], bounds=[(0, 20)] * n).x
f = torch.from_numpy(best)
measured = {
    "line: best function, best plan": -losses.Wasserstein().discriminator(f[real], f[fake]).item(),
    "line: library's distance, best plan": exact_wasserstein(x[real], x[fake]),
}
print(measured)
""",
)
