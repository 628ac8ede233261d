"""The two networks of the first GAN on MNIST: ReLU and sigmoid layers against maxout layers with dropout.

Goodfellow et al. (2014), https://arxiv.org/abs/1406.2661, section 5; sizes, ranges of weights and dropout from the
authors' file mnist.yaml at https://github.com/goodfeli/adversarial. There pictures are in [0, 1], here in [-1, 1]: the
sigmoid s becomes 2 s - 1, and the discriminator sees (x + 1) / 2. So it is the same model, and (G(z) + 1) / 2 is what
the published Parzen figure is about. Their latents are uniform on (-sqrt 3, sqrt 3).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sparring.layers.dropout import Dropout
from sparring.layers.maxout import Maxout

__all__ = ["Discriminator", "Generator", "tiny"]

Shape = tuple[int, ...]


class Generator(nn.Module):
    """From latents [B, latent] to pictures [B, *shape] in (-1, 1).

    Weights begin in U(-.05, .05), biases at 0.

    Args:
        shape: Of a picture.
        latent: The size of the latent.
        units: Of each of the two hidden layers.
    """

    def __init__(self, shape: Shape, latent: int = 100, units: int = 1200) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(latent, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU())
        self.last, self.shape = nn.Linear(units, math.prod(shape)), shape
        _initialise(self, 0.05)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, *shape]."""
        x: Tensor = self.last(self.hidden(z)).sigmoid()
        return (2 * x - 1).reshape(-1, *self.shape)

    @torch.no_grad()
    def begin_at(self, mean: Tensor) -> None:
        """Sets the last bias so that at z = 0, before any training, the picture is `mean`, as the authors do.

        Args:
            mean: Of the training pictures, [*shape], in [-1, 1]. A pixel that never varies is moved 1e-7 inwards, as is
                usual; how far the authors move it is unchecked.
        """
        self.last.bias.copy_(((mean.double() + 1) / 2).logit(eps=1e-7).flatten())


class Discriminator(nn.Module):
    """From pictures [B, ...] in [-1, 1] to logits [B].

    While training, a pixel is kept with probability .8 and a hidden unit with .5, and what is kept is multiplied by
    1.25 and 2. Weights begin in U(-.005, .005), biases at 0.

    Args:
        shape: Of a picture.
        units: Of each of the two hidden layers.
        pieces: Linear functions of a unit.
    """

    def __init__(self, shape: Shape, units: int = 240, pieces: int = 5) -> None:
        super().__init__()
        first, second = Maxout(math.prod(shape), units, pieces), Maxout(units, units, pieces)
        self.layers = nn.Sequential(
            nn.Flatten(), Dropout(0.2), first, Dropout(0.5), second, Dropout(0.5), nn.Linear(units, 1), nn.Flatten(0)
        )
        _initialise(self, 0.005)

    def forward(self, x: Tensor) -> Tensor:
        """[B, ...] to [B]."""
        logits: Tensor = self.layers((x + 1) / 2)
        return logits


def _initialise(network: nn.Module, bound: float) -> None:
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            nn.init.uniform_(layer.weight, -bound, bound)
            nn.init.zeros_(layer.bias)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [(Generator((1, 4, 3), 5, 8), (5,), (1, 4, 3)), (Discriminator((1, 4, 3), 6, 3), (1, 4, 3), ())]
