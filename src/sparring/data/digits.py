"""Data made of digits, or of any other small grey pictures: stacked as the channels of a picture, moving in a video."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor

from sparring.chance import Key
from sparring.data import fetching
from sparring.data.idx import read_idx
from sparring.data.source import InMemory

__all__ = ["bounce", "mnist", "moving_digits", "read", "stacked"]


def mnist(part: str, name: str = "mnist") -> tuple[Tensor, Tensor]:
    """The digits of MNIST, or the pictures of another fetched set of its layout, and their labels, as `read` has them.

    Args:
        part: train or t10k.
        name: Of the set, as in `sparring data list`.

    Raises:
        FileNotFoundError: It has not been fetched.
    """
    folder = fetching.find(name)
    if folder is None:
        raise FileNotFoundError(f"{name} is not here yet: sparring data get {name}")
    return read(folder, part)


def read(folder: Path, part: str) -> tuple[Tensor, Tensor]:
    """The pictures [N, 1, H, W] of a part, train or t10k, as bytes, and their labels [N] as in its file."""
    listing = read_idx(folder / f"{part}-images-idx3-ubyte")
    numbers = torch.tensor([int(name) for name in listing.labels.classes])
    return torch.from_numpy(listing.pixels.copy()).permute(0, 3, 1, 2), numbers[torch.tensor(listing.labels.y)]


def stacked(digits: Tensor, labels: Tensor, n: int = 128_000, *, seed: int = 0) -> InMemory:
    """Stacked MNIST: `n` pictures [n, 3, H, W], bytes, whose channels are three digits drawn independently.

    A picture of the digits a, b and c, as red, green and blue, has the label 100 a + 10 b + c in 0..999, [n]: a
    thousand modes. Metz et al. (2016, https://arxiv.org/abs/1611.02163); 128,000 pictures are the protocol of PacGAN
    (Lin et al. 2018, https://arxiv.org/abs/1712.04086), which draws from all 70,000 digits of MNIST.

    Args:
        digits: Pictures [N, 1, H, W] as bytes.
        labels: What they show, integers in 0..9, [N].
        n: Pictures to make.
        seed: Decides all chance.

    Raises:
        ValueError: The digits or labels are of another kind, or `n` is less than 1.
    """
    _check_digits(digits)
    if labels.shape != digits.shape[:1] or labels.is_floating_point() or labels.min() < 0 or labels.max() > 9:
        raise ValueError(
            f"the labels are {labels.dtype} of shape {list(labels.shape)}; expected integers in 0..9, one for each of "
            f"{len(digits)} digits"
        )
    _check_counts(n=n)
    index = Key(seed, ("stacked",)).integers("digit", (n, 3), len(digits))
    return InMemory(digits[:, 0][index], (labels.long()[index] * torch.tensor([100, 10, 1])).sum(dim=1))


def moving_digits(
    digits: Tensor, n: int, *, frames: int = 20, size: int = 64, count: int = 2, speed: float = 3.6, seed: int = 0
) -> Tensor:
    """Moving MNIST: `n` videos [n, frames, 1, size, size], bytes, of digits that bounce off the walls.

    Srivastava et al. (2015, https://arxiv.org/abs/1502.04681). Digits start anywhere and move in any direction; where
    they overlap the brighter pixel is seen. The speed is that of the authors' code, a tenth of the room that a digit of
    28 pixels has in 64. We depart from it in that a digit turns at the wall itself, not in the frame after it, and is
    drawn at the nearest pixel, not at the one above and to the left.

    Args:
        digits: Pictures [N, 1, H, W] as bytes, smaller than the frame.
        n: Videos to make.
        frames: Frames of a video.
        size: Height and width of a frame, in pixels.
        count: Digits in a video.
        speed: Pixels a digit moves a frame.
        seed: Decides all chance.

    Raises:
        ValueError: The digits are of another kind or do not fit, or a number is not positive.
    """
    _check_digits(digits)
    _check_counts(n=n, frames=frames, count=count)
    height, width = digits.shape[2:]
    if max(height, width) >= size:
        raise ValueError(f"digits of {height} x {width} pixels in a frame of {size}; expected a larger frame: set size")
    if not 0.0 < speed < math.inf:
        raise ValueError(f"the speed is {speed}; expected a positive number of pixels a frame")
    key = Key(seed, ("moving digits",))
    index = key.integers("digit", (n, count), len(digits))
    room = torch.tensor([size - height, size - width])
    angle = 2.0 * math.pi * key.uniform("angle", (n, count), torch.float64)
    velocity = speed * torch.stack([angle.sin(), angle.cos()], dim=2)
    corners = bounce(room * key.uniform("start", (n, count, 2), torch.float64), velocity, frames, room)
    return _render(digits, index, corners.round().long(), size)


def bounce(start: Tensor, velocity: Tensor, frames: int, room: Tensor) -> Tensor:
    """Where things that bounce off walls are: [frames, ...], from `start` [..., D] in 0..`room` [D].

    In closed form: unfold the room by mirroring it at its walls, go straight, and fold the place back.

    Args:
        start: Places in the first frame.
        velocity: Movement a frame, [..., D].
        frames: Frames.
        room: Length of each side, positive.
    """
    time = torch.arange(frames, dtype=start.dtype).reshape(-1, *[1] * start.ndim)
    return room - (torch.remainder(start + time * velocity, 2 * room) - room).abs()


def _render(digits: Tensor, index: Tensor, corners: Tensor, size: int) -> Tensor:
    """Videos of the digits `index` [n, count] with their upper left corners at `corners` [frames, n, count, 2]."""
    frames, n, count, _ = corners.shape
    video = torch.zeros(n, frames, 1, size, size, dtype=torch.uint8)
    # Every place a digit can have, as a view: [n, frames, 1, rows, columns, H, W].
    windows = sliding_window_view(video.numpy(), tuple(digits.shape[2:]), axis=(3, 4), writeable=True)
    sequence, frame = np.ogrid[:n, :frames]
    for k in range(count):
        top, left = corners[:, :, k].permute(2, 1, 0).numpy()
        place = (sequence, frame, 0, top, left)
        windows[place] = np.maximum(windows[place], digits[index[:, k]].numpy())
    return video


def _check_digits(digits: Tensor) -> None:
    if digits.dtype != torch.uint8 or digits.ndim != 4 or digits.shape[1] != 1 or not digits.numel():
        raise ValueError(
            f"the digits are {digits.dtype} of shape {list(digits.shape)}; expected bytes (uint8) of shape "
            "[N, 1, H, W], N of 1 or more"
        )


def _check_counts(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} is {count}; expected 1 or more")
