"""The networks of Salimans et al. (2016) for MNIST as 784 numbers in any order: a generator, and a noisy classifier.

https://arxiv.org/abs/1606.03498, section 5.1, with sizes, noise and first weights of the authors' code
(https://github.com/openai/improved-gan, `train_mnist_feature_matching.py`). There pictures are in [0, 1], here in [-1,
1]: the generator's sigmoid s becomes 2 s - 1, and the classifier sees (x + 1) / 2, so that its noise means the same.
Their latents are uniform in [0, 1]; batch norm cannot tell them from `latents.Uniform(100, reach=0.5)`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm1d
from sparring.layers.gaussian_noise import GaussianNoise
from sparring.layers.weight_norm import initialise_by, weight_norm

__all__ = ["Classifier", "Generator", "tiny"]

HIDDEN = (1000, 500, 250, 250, 250)


class Generator(nn.Module):
    """From latents [B, latent] to pictures [B, *shape] in (-1, 1).

    Two hidden layers of softplus units behind a batch norm that shifts and does not scale. The last weights are lengths
    that train, 1 at first, times directions.

    Args:
        shape: Of a picture.
        latent: The size of the latent.
        units: Of each of the two hidden layers.
    """

    def __init__(self, shape: tuple[int, ...], latent: int = 100, units: int = 500) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for n_in, n_out in ((latent, units), (units, units)):
            norm = BatchNorm1d(n_out, eps=1e-6)
            norm.weight.requires_grad_(False)
            layers += [nn.Linear(n_in, n_out, bias=False), norm, nn.Softplus()]
        self.hidden, self.last, self.shape = nn.Sequential(*layers), nn.Linear(units, math.prod(shape)), shape
        for layer in (*self.hidden, self.last):
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(self.last.bias)
        with torch.no_grad():
            self.last.weight.div_(self.last.weight.norm(dim=1, keepdim=True))
        weight_norm(self.last)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, *shape]."""
        x: Tensor = self.last(self.hidden(z)).sigmoid()
        return (2 * x - 1).reshape(-1, *self.shape)

    @torch.no_grad()
    def begin_at(self, pictures: Tensor) -> None:
        """Sets the last layer so that what it makes has about the mean and the covariance of pictures.

        The authors do not. Unit i of the last hidden layer adds picture i, in logits and less their mean, times how far
        it is from its own mean. The units' means and deviations are measured with latents of torch's own chance.

        Directions stay as long as those logits, and lengths make weights of them. So a step of Adam at a rate of 0.01
        turns the weights of most of MNIST's pixels by less than 1%. Directions as short as the weights turn by 9%, and
        then the discriminator tells all samples apart after an epoch or two.

        Args:
            pictures: As many as there are units, [units, *shape] in [-1, 1]; a pixel is moved into 0.01 to 0.99 first.

        Raises:
            ValueError: They are more or fewer.
        """
        units = self.last.in_features
        if len(pictures) != units:
            raise ValueError(f"got {len(pictures)} pictures; expected {units}, as many as hidden units")
        first = next(self.hidden.parameters())
        hidden = self.hidden(torch.rand(2 * units, first.shape[1]).to(first) - 0.5)
        logits = ((pictures.to(first).flatten(1) + 1) / 2).clamp(0.01, 0.99).logit()
        mean = logits.mean(0)
        directions = ((logits - mean) / hidden.std(0)[:, None]).T
        last: Any = self.last
        last.weight = directions / units**0.5 + 0.01 * last.weight  # a pixel that never varies keeps a direction
        last.parametrizations.weight.original1.mul_(units**0.5)
        last.bias.copy_(mean - last.weight @ hidden.mean(0))


class Classifier(nn.Module):
    """From pictures [B, *shape] in [-1, 1] to logits [B, classes].

    Layers of ReLU units with Gaussian noise before each: of deviation .3 on pixels in [0, 1], .5 on units. Weights have
    a weight norm, whose lengths train in the last layer only; `initialise` sets them by data.

    Args:
        shape: Of a picture.
        classes: How many.
        hidden: The units of the hidden layers.
        noise: The deviations of the noise on pixels and on units.

    Attributes:
        features: The name of the layer, below this one, whose means a generator matches: the last hidden units, before
            their noise. For `layers.with_features.WithFeatures(classifier, classifier.features)`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        classes: int = 10,
        hidden: Sequence[int] = HIDDEN,
        noise: tuple[float, float] = (0.3, 0.5),
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten(), GaussianNoise(noise[0])]
        for n_in, n_out in pairwise((math.prod(shape), *hidden)):
            layers += [nn.Linear(n_in, n_out), nn.ReLU(), GaussianNoise(noise[1])]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden[-1], classes))
        self.features = f"layers.{len(layers) - 2}"
        for layer in self.layers:
            if isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.1)
                nn.init.zeros_(layer.bias)
        weight_norm(self)
        *lengths, _ = (p for name, p in self.named_parameters() if name.endswith("original0"))
        for length in lengths:
            length.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, *shape] to [B, classes]."""
        logits: Tensor = self.layers((x + 1) / 2)
        return logits

    def initialise(self, pictures: Tensor) -> None:
        """Gives every unit mean 0 and variance 1 over pictures [n, *shape] in [-1, 1], 500 there, with noise on.

        Raises:
            ValueError: A unit has the same value for all.
        """
        initialise_by(self, pictures)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [(Generator((1, 4, 3), 5, 8), (5,), (1, 4, 3)), (Classifier((1, 4, 3), 3, (8, 6)), (1, 4, 3), (3,))]
