"""Feature extractors: what turns pictures into the features that metrics compare, each with an identity.

Scores on features of different extractors have nothing to do with each other, nor have those of the same network after
another resizing (Parmar et al. 2022, https://arxiv.org/abs/2104.11222): so a score carries the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from sparring import progress
from sparring.metrics import classifier

__all__ = ["Extractor", "Identity", "Pixels", "ShippedClassifier", "extract"]


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
class ShippedClassifier:
    """128 features of the classifier that ships with sparring, for grey pictures of 28 x 28 like MNIST's."""

    identity: Identity = Identity("classifier of digits and garments", classifier.SHA256)

    def __call__(self, x: Tensor) -> Tensor:
        """Its features [n, 128] of pictures [n, 1, 28, 28]; a little beyond [-1, 1] is clamped."""
        return classifier.features(x.clamp(-1, 1))


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
