"""A picture to make another one of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from sparring.chance import Chance
from sparring.conditions.condition import Condition
from sparring.kinds.drawing import from_bytes, to_bytes

__all__ = ["Images"]


@dataclass(frozen=True)
class Images(Condition):
    """A picture to make another one of, [n, C, H, W] in [-1, 1].

    Attributes:
        shape: Of one.
        examples: A few of the data's, each as the digits of its bytes: what is drawn when nobody gives one.
    """

    shape: tuple[int, int, int]
    examples: tuple[str, ...]

    @classmethod
    def of(cls, pictures: Tensor) -> Images:
        """A few pictures [n, C, H, W] in [-1, 1]."""
        channels, height, width = pictures.shape[1:]
        return cls((channels, height, width), tuple(x.numpy().tobytes().hex() for x in to_bytes(pictures)))

    def draw(self, chance: Chance) -> Tensor:
        """Those that were kept."""
        places = chance.integers("picture", high=len(self.examples))
        kept = [np.frombuffer(bytes.fromhex(text), np.uint8).reshape(self.shape) for text in self.examples]
        return from_bytes(torch.from_numpy(np.stack(kept)))[places]

    def parse(self, words: Sequence[str]) -> Tensor:
        """From files of pictures, which are resized."""
        return torch.stack([self._read(Path(word)) for word in words])

    def describe(self) -> str:
        """That it is a file."""
        channels, height, width = self.shape
        return f"a picture file, which is converted to {height} x {width} with {channels} channels"

    def _read(self, path: Path) -> Tensor:
        channels, height, width = self.shape
        try:
            with Image.open(io.BytesIO(path.read_bytes())) as image:
                resized = image.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels]).resize((width, height))
        except (OSError, Image.DecompressionBombError) as error:
            raise ValueError(f"{str(path)!r} cannot be read as a picture ({error})") from error
        return from_bytes(torch.from_numpy(np.atleast_3d(np.array(resized)))).permute(2, 0, 1)
