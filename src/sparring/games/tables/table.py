"""A GAN for the rows of a table: numbers by tanh, categories by a Gumbel-softmax.

After the CTGAN of Xu et al. (2019), https://arxiv.org/abs/1907.00503, section 4, of which it has the last layer. Left
out are the mixtures of Gaussians for the modes of numbers, the conditional generator, which draws rare categories more
often, batch norm, and the packing of rows (PacGAN). The loss is the non-saturating one with R1 instead of WGAN-GP's,
which is an argument away: `loss=Wasserstein(), penalties={interpolated: 10.0}`.

The Gumbel noise is a part of the latent. So it comes from the round in training, and from the key of the seed in
sampling: row i depends on the seed and on i.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sparring.chance import Chance, Key
from sparring.data.source import InMemory
from sparring.games.gan import GAN
from sparring.kinds.columns import Category, Number
from sparring.kinds.rows import Rows
from sparring.latents import Gumbel
from sparring.layers.gumbel_softmax import gumbel_softmax
from sparring.losses import AdversarialLoss, NonSaturating
from sparring.methods import Method, Paper
from sparring.networks.mlp import MLP
from sparring.penalties import Penalty, Weight, r1

__all__ = ["METHODS", "Generator", "NormalAndGumbel", "table_gan", "tiny"]

TEMPERATURE = 0.2
"""Of the Gumbel-softmax, as in CTGAN."""


@dataclass(frozen=True)
class NormalAndGumbel:
    """`size` standard normal numbers, then `noise` standard Gumbel ones."""

    size: int
    noise: int

    def __call__(self, chance: Chance) -> Tensor:
        """Draws [rows, size + noise]."""
        return torch.cat([chance.normal("latent", self.size), Gumbel((self.noise,))(chance)], dim=1)


class Generator(nn.Module):
    """A perceptron, and a last layer for each column.

    Args:
        widths: Numbers of each column's code: 1 for a number in -1..1, more for as many categories.
        latent: Size of the normal part of the latent.
        width: Units of each of the two hidden layers.
    """

    def __init__(self, widths: Sequence[int], latent: int, width: int) -> None:
        super().__init__()
        self.widths, self.latent = list(widths), NormalAndGumbel(latent, sum(w for w in widths if w > 1))
        self.network = MLP(latent, width, width, sum(widths))

    def forward(self, z: Tensor) -> Tensor:
        """Latents [B, Z], noise included, to codes [B, D]."""
        normal, noise = torch.split(z, [self.latent.size, self.latent.noise], dim=1)
        gumbels = iter(torch.split(noise, [width for width in self.widths if width > 1], dim=1))
        outputs = torch.split(self.network(normal), self.widths, dim=1)
        return torch.cat(
            [y.tanh() if y.shape[1] == 1 else gumbel_softmax(y, next(gumbels), TEMPERATURE) for y in outputs], dim=1
        )


def table_gan(
    kind: Rows,
    *,
    latent: int = 64,
    width: int = 128,
    loss: AdversarialLoss = NonSaturating(),  # noqa: B008 - a frozen value
    penalties: Mapping[Penalty, Weight] | None = None,
) -> GAN:
    """The game.

    Args:
        kind: Whose columns are `Number` or `Category`.
        latent: Size of the normal part of the latent.
        width: Units of each of the two hidden layers of both networks.
        loss: What the players minimise.
        penalties: What the discriminator minimises besides; half of R1 without.
    """
    generator = Generator([column.width for column in kind.columns], latent, width)
    critic = MLP(kind.width, width, width, 1, activation=lambda: nn.LeakyReLU(0.2), logits=True)
    return GAN(generator, critic, generator.latent, loss, {r1: 0.5} if penalties is None else penalties)


METHODS = (
    Method(
        name="GAN for tables, Gumbel-softmax",
        category="tables",
        python="games.tables.table.table_gan(kinds.rows.Rows(columns))",
        papers=(
            Paper("Jang et al.", 2016, "https://arxiv.org/abs/1611.01144"),
            Paper("Xu et al.", 2019, "https://arxiv.org/abs/1907.00503"),
        ),
        command="sparring train table",
        record="table",
    ),
)


def tiny() -> tuple[GAN, dict[str, InMemory]]:
    """A game on two columns, and its stream, for the contract tests."""
    kind, key = Rows((Number("x", -1.0, 1.0), Category("y", ("a", "b", "c")))), Key(1)
    cells = zip(key.uniform("x", (64,)).tolist(), key.integers("y", (64,), 3).tolist(), strict=True)
    x = kind.encode([(str(x), "abc"[y]) for x, y in cells])
    return table_gan(kind, latent=3, width=8), {"real": InMemory(x, kind=kind)}
