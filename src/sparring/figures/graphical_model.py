"""The graphical model: which latents reach which part of a sample, read off the generator's derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank
from sparring.networks.mlp import MLP

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FIGURE", "NoiseAtTheEnd", "influence"]


class NoiseAtTheEnd(nn.Module):
    """A generator that adds its last latents to its output, one to each number: x is Gaussian, given the others.

    Args:
        network: From the first latents [B, K] to [B, N].
        outputs: N.
    """

    def __init__(self, network: nn.Module, outputs: int) -> None:
        super().__init__()
        self.network, self.outputs = network, outputs

    def forward(self, z: Tensor) -> Tensor:
        """[B, K + N] to [B, N]."""
        made: Tensor = self.network(z[:, : -self.outputs]) + z[:, -self.outputs :]
        return made


def influence(generator: nn.Module, size: int) -> Tensor:
    """The root of the mean squared derivative of each output by each latent, [outputs, size]."""
    z = Key(3).normal("z", (200, size), torch.float64)
    slopes: Tensor = torch.func.vmap(torch.func.jacrev(lambda one: generator(one[None])[0]))(z)
    return slopes.square().mean(0).sqrt()


def graph(title: str, slopes: Tensor) -> Axes:
    """Latents above, parts of the sample, shaded, below; lines are as thick as the influence."""
    axes = blank(title, "", "", (4.4, 2.9))
    axes.axis("off")
    outputs, latents = slopes.shape
    top, bottom = ([(i + 0.5) / n for i in range(n)] for n in (latents, outputs))
    for j, below in enumerate(bottom):
        for i, above in enumerate(top):
            if slopes[j, i] > 0:
                width = 0.6 + 2.2 * (slopes[j, i] / slopes.max()).item()
                look = {
                    "arrowstyle": "-|>",
                    "color": COLOURS["quiet"].light,
                    "linewidth": width,
                    "shrinkA": 15,
                    "shrinkB": 15,
                }
                axes.annotate("", (below, 0.0), (above, 1.0), arrowprops=look)
    for places, y, letter, face in ((top, 1.0, "z", "paper"), (bottom, 0.0, "x", "line")):
        for i, x in enumerate(places):
            axes.plot(x, y, "o", markersize=27, color=COLOURS[face].light, markeredgecolor=COLOURS["ink"].light)
            axes.text(x, y, f"{letter}{chr(0x2081 + i)}", ha="center", va="center", fontsize=11)
    axes.set(xlim=(0, 1), ylim=(-0.25, 1.25))
    return axes


def make() -> Drawn:
    with Key(2, ("graphical model",)).seeded():
        plain, ahead = MLP(3, 16, 16, 4).double(), MLP(2, 16, 16, 3).double()
    every, some = influence(plain, 3), influence(NoiseAtTheEnd(ahead, 3), 5)
    own = some[:, 2:]
    pictures = (
        Picture.of(
            graph("Every latent reaches every part", every),
            "Three latents above, four parts of a sample below, and an arrow from each latent to each part.",
        ),
        Picture.of(
            graph("A variant with noise at the end", some),
            "Two latents with arrows to all three parts of a sample, and three latents with an arrow to one part each.",
        ),
    )
    pairs = (
        Pair("arrows of the plain generator, 3\u00b74", (every > 0).sum().item(), 12, 0),
        Pair("arrows of the variant, 2\u00b73 + 3", (some > 0).sum().item(), 9, 0),
        Pair("derivative of x by its own noise", own.diagonal().mean().item(), 1.0, 1e-12),
        Pair("derivative of x by the noise of others", (own - own.diagonal().diag()).abs().max().item(), 0.0, 1e-12),
    )
    return Drawn(pictures, pairs)


FIGURE = Figure(
    title="Which latent reaches which part of a sample",
    text="A generator network sends every latent to every part of the sample, so all of them matter everywhere. Noise "
    "that is added at the end removes arrows, and makes each part Gaussian, given the other latents.",
    source="report, section 3.1 and figure 13; lines are as thick as a derivative is large",
    section="3.1",
    make=make,
    seconds=0.3,
    python="""
import torch
from sparring import MLP, Key

generator, z = MLP(3, 16, 16, 4), Key(3).normal("z", (200, 3))
one = lambda latent: generator(latent[None])[0]  # [3] to [4]
slopes = torch.func.vmap(torch.func.jacrev(one))(z)  # [200, 4, 3]
influence = slopes.square().mean(0).sqrt()
print(influence)
measured = {"arrows of the plain generator, 3\u00b74": (influence > 0).sum().item()}
""",
)
