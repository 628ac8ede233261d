"""The classifier of MNIST's and Fashion-MNIST's twenty classes that ships with the package, and its features."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files

import safetensors.torch
import torch
from torch import Tensor

from sparring.networks.convnet import ConvNet

__all__ = ["SHA256", "classifier", "features"]

SHA256 = "50f9820bf7f7318ec5a728cb8d746ee27d67177aceda6df85ff69ad1bd96f888"
"""Of the file of weights."""


def classifier() -> ConvNet:
    """The trained network in evaluation mode, frozen, on the CPU: logits 0..9 are digits, 10..19 garments.

    Raises:
        ValueError: The file of weights is not the one that was shipped.
    """
    content = files("sparring.metrics").joinpath("classifier.safetensors").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        raise ValueError(f"classifier.safetensors has SHA-256 {digest}; expected {SHA256}: install sparring again")
    network = ConvNet()
    network.load_state_dict(safetensors.torch.load(content))
    return network.eval().requires_grad_(False)


_network = lru_cache(maxsize=1)(classifier)


@torch.no_grad()
def features(pictures: Tensor) -> Tensor:
    """The classifier's features [n, 128], on the CPU, of pictures [n, 1, 28, 28] in [-1, 1].

    Raises:
        ValueError: The pictures have another shape, are bytes, leave the range, hold NaN, or there are none.
    """
    if not pictures.is_floating_point() or not pictures.numel() or not pictures.abs().max() <= 1:
        low, high = (f"{v:g}" for v in pictures.aminmax()) if pictures.numel() else ("none", "none")
        raise ValueError(
            f"got pictures {list(pictures.shape)} of {pictures.dtype} from {low} to {high}; expected [n, 1, 28, 28], "
            "floats in [-1, 1]: scale bytes with sparring.pictures.from_bytes, clamp what overshoots"
        )
    network = _network()
    return torch.cat([network.features(part) for part in torch.split(pictures.float().cpu(), 256)])
