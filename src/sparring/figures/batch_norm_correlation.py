"""How batch norm makes the samples of one batch alike, and that virtual batch norm does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.kinds import drawing
from sparring.layers.batch_norm import BatchNorm1d
from sparring.layers.reference_norm import Referenced, VirtualBatchNorm
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank, logarithmic

__all__ = ["FIGURE", "expected", "intraclass"]

SHARE, SIZES, BATCHES = 0.03, (4, 8, 16, 32, 64), 2000
"""How many samples have the feature; sizes of a batch, and how many batches of each."""

TINTS = torch.tensor([[0.9, 0.2, -0.7], [-0.7, 0.3, -0.3]], dtype=torch.float64)
"""Orange, for 0, and green, for 0.4."""


class Feature(nn.Module):
    """A feature of few samples: -1 for these latents and else 0, [B, 1] to [B, 1]."""

    def forward(self, z: Tensor) -> Tensor:
        return -(z < SHARE).to(z.dtype)


def intraclass(y: Tensor) -> float:
    """The correlation of two samples of one batch, of batches [M, n]: Fisher's estimate, from both mean squares."""
    n, between, within = y.shape[1], y.shape[1] * y.mean(1).var(), y.var(1).mean()
    return ((between - within) / (between + (n - 1) * within)).item()


def expected(n: int) -> float:
    """The same under batch norm: a mean over k, how many of n samples have the feature. Their tint is 0."""
    k = torch.arange(n + 1, dtype=torch.float64)
    weight = torch.tensor([math.comb(n, k) * SHARE**k * (1 - SHARE) ** (n - k) for k in range(n + 1)])
    tint = k / n / (k / n * (1 - k / n) + 1e-5).sqrt()  # of the others
    mean, square = (float((weight * (1 - k / n) * power).sum()) for power in (tint, tint**2))
    product = float((weight * (n - k) * (n - k - 1) / (n * (n - 1)) * tint**2).sum())
    return (product - mean**2) / (square - mean**2)


def patches(name: str, y: Tensor, alternative: str) -> Picture:
    """Two batches of tints [2, n]."""
    shares = (y / 0.4).clamp(0, 1)[..., None]
    colours = (TINTS[0] + shares * (TINTS[1] - TINTS[0]))[..., None, None].expand(-1, -1, -1, 4, 4)
    both = dict(zip((name, "another batch"), map(drawing.grid, colours), strict=True))
    told = " and ".join(f"{tints.mean():.2f} (0 to {tints.max():.2f})" for tints in y)
    return Picture.png(drawing.beside(both), f"{alternative} Mean tints: {told}.", scale=0.75)


KNOWN: Mapping[str, Callable[[int], float]] = {
    "batch norm": expected,
    "virtual batch norm": lambda _: 0.0,
    "batch norm, not rectified": lambda n: -1 / (n - 1),
}


def make() -> Drawn:
    key, own = Key(1), BatchNorm1d(1, affine=False, track_running_stats=False)
    virtual = nn.Sequential(Feature(), VirtualBatchNorm(1), nn.ReLU()).requires_grad_(False)
    layers = (
        nn.Sequential(Feature(), own, nn.ReLU()),
        Referenced(virtual, key.uniform("reference", (128, 1))).double(),
        nn.Sequential(Feature(), own),
    )
    networks = dict(zip(KNOWN, layers, strict=True))
    z = {n: key.uniform(f"latents {n}", (BATCHES, n, 1), torch.float64) for n in SIZES}
    y = {name: {n: torch.func.vmap(network)(z[n])[..., 0] for n in SIZES} for name, network in networks.items()}
    found = {name: {n: intraclass(of[n]) for n in SIZES} for name, of in y.items()}
    plane = blank("Samples of one batch are alike", "samples in a batch", "correlation of two of them", (4.6, 3.4))
    logarithmic(plane, "x")
    styles = zip(found.items(), (COLOURS[name].light for name in ("generated", "real", "quiet")), "os^", strict=True)
    for (name, values), colour, mark in styles:
        plane.plot(SIZES, [KNOWN[name](n) for n in SIZES], color=colour, linewidth=1)
        plane.plot(SIZES, list(values.values()), mark, color=colour, label=name)
    plane.set(ylim=(-0.4, 1), xticks=SIZES)
    plane.legend(loc="lower right", bbox_to_anchor=(1, 0.38))
    pairs = [Pair(f"{name}, {n} samples: correlation", value, KNOWN[name](n), 0.04 if "not" not in name else 1e-9)
             for name, values in found.items() for n, value in values.items()]  # fmt: skip
    counts = (z[16] < SHARE).sum((1, 2))
    two = [int((counts == count).nonzero()[0]) for count in (0, 2)]
    ends = f"{found['batch norm'][4]:.2f} at 4 samples, {found['batch norm'][32]:.2f} at 32"
    told = f"Correlation against the size of a batch. Batch norm: {ends}. Virtual batch norm: 0 at every size."
    words = {
        "batch norm": "Under batch norm 16 orange patches, and 14 green ones with two orange ones.",
        "virtual batch norm": "Of the same latents under virtual batch norm: but for two, all have one colour.",
    }
    shown = [patches(name, y[name][16][two], text) for name, text in words.items()]
    return Drawn((Picture.of(plane, told), *shown), tuple(pairs))


FIGURE = Figure(
    title="Batch norm makes the samples of a batch alike",
    text="A few samples have a feature, and their number in a batch decides how batch norm scales all the others. "
    "With virtual batch norm, samples do not depend on each other.",
    source="report, section 4.3 and figure 21, there of trained networks. The patches are the first batch without the "
    "feature and the first with it twice",
    section="4.3",
    make=make,
    seconds=0.9,
    python="""
import torch
from sparring.layers.batch_norm import BatchNorm1d

torch.manual_seed(0)
norm = BatchNorm1d(1, affine=False, track_running_stats=False)
n, measured = 16, {}
feature = -(torch.rand(20_000, n, 1, dtype=torch.float64) < 0.03).double()  # 20,000 batches
linear = torch.func.vmap(norm)(feature)[..., 0]
for name, y in (("batch norm", linear.relu()), ("batch norm, not rectified", linear)):
    between, within = n * y.mean(1).var(), y.var(1).mean()
    correlation = (between - within) / (between + (n - 1) * within)
    measured[f"{name}, {n} samples: correlation"] = correlation.item()
print(measured)
""",
)
