"""Single pictures, made alike to those of a set: for what looks at one file at a time, and keeps nothing."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from sparring.data.picture import Target, decode, fit, header
from sparring.data.preparation import Preparation

__all__ = ["open_picture"]

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def open_picture(path: Path, shape: tuple[int, ...], preparation: Preparation) -> Tensor:
    """The picture in a file, as bytes [C, H, W] of this shape.

    Args:
        path: The file.
        shape: Of the pictures of a set, of 1 to 4 channels.
        preparation: How they were made alike.

    Raises:
        BadPictureError: It is no picture, or one that cannot be used; a ValueError.
        OSError: It cannot be read.
    """
    content = path.read_bytes()
    header(content, path.name, preparation.limits)
    target = Target(_MODES[shape[0]], (shape[1], shape[2]), preparation.fit, preparation.background())
    return torch.from_numpy(fit(decode(content, preparation.limits), target).copy())
