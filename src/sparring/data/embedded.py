"""The pictures that ship with the package: a part of Fashion-MNIST's training set, and none of its test set.

Xiao et al. (2017), https://arxiv.org/abs/1708.07747; the MIT licence is in `fashion_mnist.LICENSE`.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

import numpy as np
import torch

from sparring.data.source import InMemory

__all__ = ["FASHION_CLASSES", "fashion_mnist"]

FASHION_CLASSES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")


def fashion_mnist(part: Literal["train", "held_out"] = "train") -> InMemory:
    """Pictures [N, 1, 28, 28] as bytes, and labels [N] in 0..9, both balanced over the classes.

    Args:
        part: 10,000 pictures to train on, or 1,000 others from the training set that were held out.

    Example:
        >>> fashion_mnist("held_out").x.shape
        torch.Size([1000, 1, 28, 28])
    """
    with (
        files("sparring.data").joinpath("fashion_mnist.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
    y = torch.from_numpy(labels.astype(np.int64))
    return InMemory(torch.from_numpy(images), y, classes=FASHION_CLASSES)
