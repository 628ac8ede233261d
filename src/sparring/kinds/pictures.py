"""Pictures: grids, numbered files, and the features of networks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sparring.kinds import drawing, formats
from sparring.kinds.kind import About, Files, Kind, nothing

__all__ = ["Pictures"]

_COLOURS = {1: "grey", 3: "colour"}


@dataclass(frozen=True)
class Pictures(Kind):
    """Pictures [n, C, H, W] in [-1, 1]; of videos [n, T, C, H, W] the frames are shown."""

    name: ClassVar[str] = "pictures"
    range: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)
    measures: ClassVar[tuple[str, ...]] = (
        "frechet", "frechet-unbiased", "kernel", "precision", "recall", "density", "coverage",
    )  # fmt: skip
    quick: ClassVar[str] = "kernel"
    formats: ClassVar[tuple[str, ...]] = tuple(formats.FORMATS)
    misleads: ClassVar[str] = "Pixels mislead: pictures without any detail can score like real ones."

    def clean(self, samples: Tensor) -> Tensor:
        """Clamped to the range."""
        return samples.clamp(-1, 1)

    def array(self, samples: Tensor) -> NDArray[Any]:
        """Bytes."""
        return np.asarray(drawing.to_bytes(samples).numpy())

    def show(self, sets: Mapping[str, Tensor]) -> Image.Image:
        """Grids, side by side; of videos as many frames as there are videos."""
        frames = {name: x.reshape(-1, *x.shape[-3:])[: len(x)] for name, x in sets.items()}
        return drawing.beside({name: drawing.grid(x) for name, x in frames.items()})

    def show_columns(self, sets: Mapping[str, Tensor], heads: Sequence[str]) -> Image.Image:
        """The grids with the words above their columns; of videos, whose grids have others, without."""
        if not heads or any(x.ndim != 4 for x in sets.values()):
            return self.show(sets)
        grids = {name: drawing.grid(x, len(heads)) for name, x in sets.items()}
        return drawing.beside({name: drawing.headed(grid, heads) for name, grid in grids.items()})

    def files(self, samples: Iterable[Tensor], count: int, ending: str = "", about: About = nothing) -> Files:
        """Numbered pictures; PNG and WebP are lossless for 1, 3 and 4 channels, see `single` for others."""
        digits, ending = len(str(count - 1)), ending or self.formats[0]
        for i, x in enumerate(chain.from_iterable(samples)):
            yield f"{i:0{digits}}{ending}", formats.encode(self.single(x), ending, about(i), sheet=False)

    def load(self, path: Path) -> Tensor:
        """The PNG files of a folder, in the order of their names."""
        files = sorted(path.glob("*.png"))
        if not files:
            raise ValueError(f"{str(path)!r} has no .png files: give a folder of pictures")
        arrays = [np.atleast_3d(np.asarray(Image.open(io.BytesIO(file.read_bytes())))) for file in files]
        if len({array.shape for array in arrays}) > 1:
            raise ValueError(f"the pictures in {str(path)!r} have several shapes; expected one")
        return drawing.from_bytes(torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2))

    def single(self, example: Tensor) -> Image.Image:
        """The picture [C, H, W], pixel by pixel; of channels other than 1, 3 or 4 the first alone."""
        cell = drawing.to_bytes(example if len(example) in {1, 3, 4} else example[:1]).permute(1, 2, 0).numpy()
        return Image.fromarray(cell.squeeze(2) if cell.shape[2] == 1 else cell)

    def row(self, examples: Tensor) -> Image.Image:
        """A grid of one row."""
        return drawing.grid(examples, len(examples))

    def sized(self, shape: tuple[int, ...]) -> str:
        """Width and height, and in what colours."""
        channels, height, width = shape[-3:]
        return f"{width} x {height} pixels, {_COLOURS.get(channels, f'{channels} channels')}"

    def classified(self, shape: tuple[int, ...]) -> bool:
        """Grey ones of 28 x 28."""
        return tuple(shape) == (1, 28, 28)

    def features(self, shape: tuple[int, ...]) -> str:
        """Those of a network; grey ones have three equal channels there. Alpha and videos are for no network here."""
        if self.classified(shape):
            return "classifier"
        return "efflite0-320" if len(shape) == 3 and shape[0] in _COLOURS else "pixels"

    def size(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Height and width."""
        return tuple(shape[-2:])

    def preparation(self, shape: tuple[int, ...]) -> Mapping[str, Any]:
        """Of that size, grey if they have one channel, colour if three."""
        channels, height, width = shape[-3:]
        colour = {"colour": _COLOURS[channels]} if channels in _COLOURS else {}
        return {"size": (height, width), **colour}
