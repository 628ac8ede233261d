"""Conditional samples held against what was asked for: fidelity and recall of each class, beside those of real ones.

A classifier of real examples says what a sample is of. Where none ships, one is trained here, by maximum likelihood on
features of training examples. Its errors count as errors of the samples, so its accuracy at held-out examples stands
beside every figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.dynamics.simultaneous import Simultaneous
from sparring.families.classifier import Classifier
from sparring.metrics.conditional import Share, fidelity, recalls
from sparring.networks.mlp import MLP
from sparring.phase import Phase
from sparring.trainer import Trainer

__all__ = ["Asked", "OfClass", "asked_for", "trained"]

Names = Callable[[Tensor], Tensor]
"""From features [n, D] to classes [n]."""


@dataclass(frozen=True)
class OfClass:
    """What was found of a class. None: too few examples.

    Attributes:
        name: Of the class.
        fidelity: The share of samples asked for it that are recognised as it.
        real: The same of its held-out real examples.
        recall: The share of these that lie among its samples.
        floor: The share that lies among as many other real examples of it.
    """

    name: str
    fidelity: Share | None
    real: Share | None
    recall: float | None
    floor: float | None


@dataclass(frozen=True)
class Asked:
    """What was found of all classes.

    Attributes:
        classes: One after the other.
        fidelity: The share of all samples that are recognised as what they were asked for.
        accuracy: The share of held-out real examples whose class is recognised.
    """

    classes: Sequence[OfClass]
    fidelity: Share
    accuracy: Share

    def json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


def asked_for(
    names: Sequence[str],
    generated: tuple[Tensor, Tensor],
    real: tuple[Tensor, Tensor],
    other: tuple[Tensor, Tensor],
    seen: tuple[Tensor, Tensor],
) -> Asked:
    """The figures of K classes.

    Args:
        names: Theirs.
        generated: Features [n, D] of samples, and the classes [n] they were asked for.
        real: Features of held-out real examples, and their classes.
        other: The same of other real ones.
        seen: The classes that a classifier sees in the samples, and in the held-out ones.
    """
    k = len(names)
    shares = zip(fidelity(generated[1], seen[0], k), fidelity(real[1], seen[1], k), strict=True)
    found = recalls(real, generated, other, classes=k)
    classes = [OfClass(n, *pair, *both) for n, pair, both in zip(names, shares, found, strict=True)]
    return Asked(classes, Share.of(seen[0] == generated[1]), Share.of(seen[1] == real[1]))


def trained(features: Tensor, y: Tensor, classes: int, *, seed: int = 0, rounds: int = 500) -> Names:
    """A classifier of features [n, D], trained on those of real examples and their classes [n] in 0..K - 1.

    A perceptron of 128 hidden units on standardised features, under Adam with decoupled weight decay.
    """
    mean, std = features.float().mean(0), features.float().std(0) + 1e-6
    key = Key(seed, ("classifier",))
    with key.seeded():
        network = MLP(features.shape[1], 128, classes)
    optimizers = {"classifier": torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.1)}
    data = {"labelled": InMemory((features.float() - mean) / std, y)}
    phase = Phase(Classifier(network), optimizers, data, rounds, Simultaneous(), batch=min(128, len(y)))
    Trainer(phase, seed=seed).play()
    network.eval().requires_grad_(False)

    def names(x: Tensor) -> Tensor:
        logits: Tensor = network((x.float() - mean) / std)
        return logits.argmax(1)

    return names
