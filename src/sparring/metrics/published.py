"""Extractors whose weights others published, each from a file that you have: FID's Inception, DINOv2 and CLIP.

The files are large and have licences of their own, so they do not ship; `sparring.metrics.states` has where they are.
The networks were trained on bytes, and figures in papers are of bytes: pictures are rounded to bytes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sparring.kinds.drawing import to_bytes
from sparring.machine.words import shown
from sparring.metrics.extractors import Identity
from sparring.metrics.states import FILES, filled, image_tower, measures, read
from sparring.networks import vit
from sparring.networks.inception import InceptionV3, prepared

__all__ = ["Published", "clip", "dinov2", "inception", "open_published"]


@dataclass(frozen=True)
class Published:
    """An extractor around a published network.

    Attributes:
        identity: What makes its features comparable.
        features: Those of bytes [n, 3, H, W] of any size.
        batch: So many pictures at a time, which bounds the memory.
    """

    identity: Identity
    features: Callable[[Tensor], Tensor]
    batch: int = 32

    @torch.no_grad()
    def __call__(self, x: Tensor) -> Tensor:
        """Features [n, D] of pictures [n, C, H, W] in [-1, 1]; grey ones become three equal channels.

        Raises:
            ValueError: The pictures are neither grey nor colour, leave the range or hold NaN.
        """
        if x.ndim != 4 or x.shape[1] not in (1, 3) or not x.numel():
            raise ValueError(
                f"got pictures of shape {list(x.shape)}; expected [n, 1, H, W] or [n, 3, H, W]: put pictures with "
                "alpha on a background first"
            )
        if not x.abs().max() <= 1.001:  # bytes would hide it
            low, high = (f"{value:.3g}" for value in x.aminmax())
            raise ValueError(f"pictures reach from {low} to {high}; expected -1 to 1")
        pictures = to_bytes(x.cpu()).expand(-1, 3, -1, -1)
        return torch.cat([self.features(part) for part in torch.split(pictures, self.batch)])


SIZES = {384: "S", 768: "B", 1024: "L", 1280: "H"}
"""How vision transformers of a width are called."""

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIPS = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
"""Mean and standard deviation of the pictures that the networks were trained on, of each channel, in [0, 1]."""


def inception(path: Path, sha256: str | None = None) -> Published:
    """2,048 features, on which the Fréchet distance is FID (Heusel et al. 2017, https://arxiv.org/abs/1706.08500).

    Args:
        path: pytorch-fid's file or torch-fidelity's, which are the same.
        sha256: Of the file, whole or from 8 digits on, if it is another one that you trust.

    Raises:
        ValueError: The hash is another, or these are weights of another network.
        OSError: The file cannot be read.
    """
    state, found = read("inception", path, sha256)
    network = filled(InceptionV3, state, path)
    identity = Identity("Inception-2015", found, "bytes, bilinear to 299 x 299 as TensorFlow 1 does it")
    return Published(identity, lambda pictures: network.features(prepared(pictures)))


def dinov2(path: Path, sha256: str | None = None) -> Published:
    """384, 768 or 1,024 features of DINOv2 S, B or L: the class token after the last norm.

    Stein et al. (2023, https://arxiv.org/abs/2306.04675) find that distances on those of L order generators as people
    do. Resizing is theirs.

    Args:
        path: Meta's file, without registers; its hash tells which size it is.
        sha256: As for `inception`.

    Raises:
        ValueError: As `inception`.
        OSError: As `inception`.
    """
    state, found = read("dinov2", path, sha256)
    state.pop("mask_token", None)  # in place of hidden patches, in training
    shape = measures(state, path)
    network = filled(lambda: vit.dinov2(*shape), state, path)
    return _transformer("DINOv2", network, 224, found, IMAGENET)


def clip(path: Path, sha256: str | None = None) -> Published:
    """768 or 512 features of the image tower of CLIP ViT-L/14 or B/32, projected, not divided by their length.

    Pictures that are not square are squeezed; OpenAI's code cuts their longer sides.

    Args:
        path: OpenAI's file at Hugging Face; the text tower is not used.
        sha256: As for `inception`.

    Raises:
        ValueError: As `inception`.
        OSError: As `inception`.
    """
    state, found = read("clip", path, sha256)
    state = image_tower(state, path)
    width, depth, patch, grid = measures(state, path)
    projection = len(state.get("head.weight", ()))
    network = filled(lambda: vit.clip(width, depth, patch, grid, projection), state, path)
    return _transformer("CLIP", network, patch * grid, found, CLIPS)


OPENERS: Mapping[str, Callable[[Path, str | None], Published]] = {
    "inception": inception,
    "dinov2": dinov2,
    "clip": clip,
}


def open_published(name: str, path: Path | None, sha256: str | None = None) -> Published:
    """The extractor of that name, with the weights in a file.

    Args:
        name: inception, dinov2 or clip.
        path: The file.
        sha256: Its hash, if it is not one in `FILES`.

    Raises:
        ValueError: There is no such name, no file was given, or as `inception`.
        OSError: As `inception`.
    """
    if name not in OPENERS:
        raise ValueError(f"no published features are called {shown(name)!r}; expected one of {', '.join(OPENERS)}")
    if path is None:
        usual = FILES[name][0]
        raise ValueError(
            f"features {name!r} need a file of weights: download {usual.url} ({usual.megabytes} MB) and give its path "
            "(--network-file PATH)"
        )
    return OPENERS[name](path, sha256)


def _transformer(
    family: str, network: vit.ViT, side: int, sha256: str, moments: tuple[tuple[float, ...], tuple[float, ...]]
) -> Published:
    width = network.cls_token.shape[2]
    name = f"{family} ViT-{SIZES.get(width, width)}/{network.patch}" + (f"@{side}" if side != 224 else "")
    identity = Identity(name, sha256, f"bytes, bicubic with antialias to {side} x {side} as Pillow does it")
    mean, std = (torch.tensor(values).reshape(3, 1, 1) for values in moments)

    def features(pictures: Tensor) -> Tensor:
        y: Tensor = network((_squared(pictures, side) / 255 - mean) / std)
        return y

    return Published(identity, features)


def _squared(pictures: Tensor, side: int) -> Tensor:
    """Bytes [n, 3, H, W] as floats [n, 3, side, side] that are bytes, bicubic with antialias.

    The width comes first and is rounded to bytes, as in Pillow, with which published figures were made. Where edges
    overshoot, that differs from rounding once by many levels.
    """
    x = pictures.float()
    for size in ((pictures.shape[2], side), (side, side)):
        x = interpolate(x, size, mode="bicubic", antialias=True).round().clamp(0, 255)
    return x
