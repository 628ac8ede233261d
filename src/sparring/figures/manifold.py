"""A manifold in its embedding space: how many dimensions pictures have, and noise, by distances of neighbours."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from PIL import Image
from torch import Tensor

from sparring.chance import Key
from sparring.data.embedded import fashion_mnist
from sparring.data.toys import swiss_roll
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.plots import captioned
from sparring.looks.vector import blank, logarithmic
from sparring.networks.mlp import MLP

__all__ = ["FIGURE"]

KEY, N, SIDE = Key(7, ("manifold",)), 1500, 28
"""How many points each set has, and the side of a picture in pixels, which makes 784 numbers."""

KEPT = 0.9
"""The share of points by which the slope is found: those with the largest ratios are left out."""

Curve = tuple[Tensor, Tensor]


def curve(x: Tensor) -> Curve:
    """Of points [N, D] the ratios of the distances to the second and to the nearest neighbour, and -log(1 - F), [N].

    F is the share of ratios up to each. On a manifold of d dimensions -log(1 - F) = d log(ratio), if points are evenly
    spread within such distances.
    """
    gaps = torch.cdist(x, x).fill_diagonal_(math.inf)
    nearest = gaps.topk(2, largest=False).values
    count = torch.arange(1, len(x), dtype=torch.float64)
    return (nearest[:, 1] / nearest[:, 0]).sort().values[:-1], -(-count / len(x)).log1p()


def dimension(found: Curve) -> float:
    """The slope of a straight line from 0 through the curve."""
    logs, heights = (numbers[: round(KEPT * N)] for numbers in (found[0].log(), found[1]))
    return float(logs @ heights / logs.square().sum())


def sphere(d: int) -> Tensor:
    """Points [N, 784] of a sphere of d dimensions, which is turned at random."""
    points = KEY.normal(f"sphere {d}", (N, d + 1), torch.float64)
    axes = torch.linalg.qr(KEY.normal(f"axes {d}", (SIDE**2, d + 1), torch.float64)).Q
    turned: Tensor = points / points.norm(dim=1, keepdim=True) @ axes.T
    return turned


def roll() -> Tensor:
    """A sheet rolled up in space, [N, 3]."""
    spiral = swiss_roll(N, noise=0.0, seed=7).double()
    return torch.stack([spiral[:, 0], 3 * KEY.uniform("across", (N,), torch.float64) - 1.5, spiral[:, 1]], 1)


def pictures() -> Tensor:
    """[N, 784], 0 to 1."""
    some = KEY.permutation("pictures", 10_000)[:N]
    return fashion_mnist().x[some].flatten(1).double() / 255


def shuffled(x: Tensor) -> Tensor:
    """Noise [N, D] in which every number has the same distribution as in x, and knows nothing of the others."""
    return x.gather(0, KEY.uniform("shuffle", x.shape, torch.float64).argsort(0))


def untrained(latents: int) -> tuple[Tensor, int]:
    """Samples [N, 784] of a new generator, and of how many dimensions its first sample can move: a rank."""
    with KEY.fold(latents).seeded():
        generator = MLP(latents, 128, SIDE**2).double()
    z = KEY.normal(f"latents {latents}", (N, latents), torch.float64)
    slopes = torch.func.jacrev(lambda one: generator(one[None])[0])(z[0])
    with torch.no_grad():
        return generator(z), int(torch.linalg.matrix_rank(slopes))


def strip(x: Tensor, caption: str, alternative: str) -> Picture:
    """The first twelve pictures of [N, 784], dark on white."""
    rows = x[:12].reshape(2, 6, SIDE, SIDE).transpose(1, 2).reshape(2 * SIDE, 6 * SIDE)
    image = Image.fromarray((255 * (1 - rows)).round().byte().numpy())
    large = image.resize((5 * image.width, 5 * image.height), Image.Resampling.NEAREST)
    return Picture.png(captioned(large, caption, 26), alternative, scale=0.525)


def sheet(points: Tensor) -> Picture:
    from matplotlib.figure import Figure as Canvas

    axes = Canvas(figsize=(4.6, 3.9), layout="constrained").add_subplot(projection="3d")
    along = points[:, [0, 2]].norm(dim=1)  # it grows along the spiral
    axes.scatter(*points.T.numpy(), c=along.numpy(), vmin=-0.5, cmap="cividis", s=5)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color((0, 0, 0, 0))
    axes.set_title("Two dimensions in a space of three", loc="left")
    axes.set(xticklabels=[], yticklabels=[], zticklabels=[])
    axes.view_init(elev=12, azim=-72)
    axes.set_box_aspect((1, 0.8, 1), zoom=1.05)
    return Picture.of(axes, "Points of a sheet that is rolled up in space like a carpet.")


def ratios(found: Mapping[str, Curve], known: Mapping[str, float]) -> Picture:
    """The curves, over what theory says of 2, 5 and 784 dimensions."""
    axes = blank("Neighbours tell the dimension d", "log(r2 / r1)", "\u2212log(1 \u2212 F)", (4.6, 3.9))
    logarithmic(axes, "x", "y")
    for d, word in ((2, "2"), (5, "5"), (784, "theory, d = 784")):
        axes.plot([1e-5, 8 / d], [1e-5 * d, 8], color=COLOURS["line"].light, linewidth=5, zorder=1)
        axes.text(8 / d, 10, word, color=COLOURS["quiet"].light, ha="center")
    for (name, (ratio, height)), colour in zip(found.items(), SERIES, strict=False):
        axes.plot(ratio.log(), height, color=colour, label=f"{name}: {known[name]:.0f}")
    axes.legend(loc="lower right", title="found d")
    axes.set(xlim=(1e-4, 10), ylim=(2e-3, 20))
    words = "Four lines of one slope on logarithmic scales, which are parallel: the further left, the more dimensions."
    return Picture.of(axes, f"{words} The sheet is on d = 2, the generator on 5; pictures and noise are before 784.")


def make() -> Drawn:
    real = pictures()
    noise, (samples, rank), rolled = shuffled(real), untrained(5), roll()
    sets = {"noise": noise, "pictures": real, "generator": samples, "sheet": rolled}
    curves = {name: curve(x) for name, x in sets.items()}
    found = {name: dimension(each) for name, each in curves.items()}
    pairs = [Pair(f"sphere of {d} in 784", dimension(curve(sphere(d))), d, d / 10) for d in (2, 5, 10)]
    pairs += [
        Pair("rolled sheet in 3", found["sheet"], 2.0, 0.2),
        Pair("generator of 5 latents, untrained: directions that a sample can move", rank, 5, 0),
        Pair("generator of 5 latents, untrained", found["generator"], 5.0, 0.75),
        Pair("generator of 2 latents, untrained", dimension(curve(untrained(2)[0])), 2.0, 0.3),
        Pair("noise: pixels whose values are not those of the pictures, mixed", moved(real, noise), 0, 0),
        Pair("pictures: at most a tenth of 784, 1 is yes", found["pictures"] <= SIDE**2 / 10, 1, 0),
        Pair("pictures: at most a third of the noise, 1 is yes", found["pictures"] <= found["noise"] / 3, 1, 0),
    ]
    seen = f"Two rows of six pictures of clothes. By their neighbours they have {found['pictures']:.0f} dimensions."
    grey = f"Two rows of six grey clouds without form. They have {found['noise']:.0f} dimensions or more."
    strips = strip(real, "Pictures", seen), strip(noise, "The same pixels, mixed", grey)
    return Drawn((sheet(rolled), ratios(curves, found), *strips), tuple(pairs))


def moved(x: Tensor, noise: Tensor) -> int:
    """How many of the numbers are not the same ones in another order, over all points."""
    return int((x.sort(0).values != noise.sort(0).values).any(0).sum())


FIGURE = Figure(
    title="Pictures are a thin sheet in the space of their pixels",
    text="A picture of 784 pixels is a point in 784 dimensions, but distances to neighbours say that clothes lie "
    "on at least about 14. Pixels mixed among pictures have ten times as many, a generator's samples about its "
    "latents; grey lines are theory for 2, 5 and 784.",
    source="Gavranovi\u0107 2017, the manifold hypothesis; Arjovsky and Bottou 2017. The estimate is TwoNN of Facco et "
    "al. 2017, without the tenth of points with the largest ratios. Here r1 and r2 are distances to the two nearest "
    "neighbours, and F is the share of smaller ratios. Each set has 1,500 points; of 10 dimensions and more it finds "
    "too few",
    section="1",
    make=make,
    seconds=3.5,
    python="""
import math
import torch
from sparring import MLP, Key
from sparring.data.toys import swiss_roll

def dimension(x):  # TwoNN
    r1, r2 = torch.cdist(x, x).fill_diagonal_(math.inf).topk(2, largest=False).values.unbind(1)
    logs, n = (r2 / r1).log().sort().values, len(x)
    heights = -(1 - torch.arange(1, n + 1) / n).log()
    kept = round(0.9 * n)
    return (logs[:kept] @ heights[:kept].double() / logs[:kept].square().sum()).item()

spiral = swiss_roll(1500, noise=0.0, seed=7).double()
sheet = torch.cat([spiral, 3 * Key(7).uniform("across", (1500, 1), torch.float64)], 1)
with Key(7).seeded():
    generator = MLP(5, 128, 784).double()
samples = generator(Key(7).normal("z", (1500, 5), torch.float64)).detach()
measured = {"rolled sheet in 3": dimension(sheet), "generator of 5 latents, untrained": dimension(samples)}
print(measured)
""",
)
