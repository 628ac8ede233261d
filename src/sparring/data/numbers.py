"""Examples given as numbers: which of them are pictures, and what is wrong with values that are not examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sparring.data.pixels import Values
from sparring.kinds.kind import Kind
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points

__all__ = ["examples", "one_picture", "refuse_bytes_as_floats"]

_ONE = 1.001
"""Rounding may go a little beyond 1."""

_SCALE = "Scale them: the greatest should be white"
"""What to do with values of which all are dark."""

_UNCLEAR = 32.0
"""Floats that end below may have any white."""


def examples(values: Any, name: str) -> tuple[Tensor, Kind, str]:
    """Examples [N, ...] as they are learned, what they are, and what was decided of them.

    Of bytes, [N, H, W], [N, H, W, C] and [N, C, H, W] are pictures [N, C, H, W], and more dimensions videos. Of floats
    the same, if they are in [-1, 1], as they are, or in [0, 1], where 0 is black. [N, D] are points.

    Args:
        values: A tensor or an array.
        name: What to call them.

    Raises:
        ValueError: They are no examples; the message says what to do.
    """
    x = values.detach() if isinstance(values, Tensor) else _tensor(values, name)
    if x.ndim < 2 or not x.numel():
        raise ValueError(
            f"the {name} has shape {list(x.shape)}; expected points [N, D], or pictures [N, C, H, W] or [N, H, W, C]"
        )
    if x.ndim == 2:
        return _points(x, name)
    x = _channels_first(x, name, last=not isinstance(values, Tensor)) if x.ndim <= 4 else x
    if x.dtype == torch.uint8:
        return x, Pictures(), Values(x.min().item(), x.max().item()).note(_SCALE)
    return _floats(x, name)


def _tensor(array: NDArray[Any], name: str) -> Tensor:
    if array.dtype.kind not in "biuf":
        raise ValueError(f"the {name} holds {array.dtype}; expected bytes or floats: np.stack(pictures) of one shape")
    return torch.from_numpy(np.require(array, array.dtype.newbyteorder("="), ["C", "W"]))


def _points(x: Tensor, name: str) -> tuple[Tensor, Kind, str]:
    if x.dtype == torch.uint8 or not bool(torch.isfinite(x).all()):
        what = "bytes" if x.dtype == torch.uint8 else "NaN or infinity"
        raise ValueError(f"the {name} [N, D] holds {what}; expected finite floats: convert or leave out such rows")
    return (x.float() if x.is_floating_point() else x), Points(), ""


def _channels_first(x: Tensor, name: str, *, last: bool) -> Tensor:
    """Pictures [N, C, H, W]; where both ends may be channels, tensors have them first and arrays `last`."""
    if x.ndim == 3 and x.shape[2] in {3, 4}:
        raise ValueError(one_picture(f"the {name}", x.shape))
    if x.ndim == 3:
        return x[:, None]
    ends = {False: x.shape[1] in {1, 3, 4}, True: x.shape[3] in {1, 3, 4}}
    if not any(ends.values()):
        raise ValueError(f"the {name} has shape {list(x.shape)}; expected 1, 3 or 4 channels, first or last")
    return x.permute(0, 3, 1, 2).contiguous() if ends[True] and (last or not ends[False]) else x


def one_picture(name: str, shape: Sequence[int]) -> str:
    """What to say of three dimensions that look like one picture in colour."""
    return (
        f"{name} has the shape {list(shape)}, like one picture in colour; expected many: [N, H, W, 3]. Stack them with "
        "np.stack(pictures). Grey pictures as narrow as that need the shape [N, H, W, 1]"
    )


def _floats(x: Tensor, name: str) -> tuple[Tensor, Kind, str]:
    """Pictures of floats in [-1, 1]."""
    if not x.is_floating_point():
        raise ValueError(
            f"the {name} holds {_type(x)} from {x.min().item()} to {x.max().item()}; expected bytes 0..255 or floats "
            "in [-1, 1]: for bytes x.to(torch.uint8), or x.astype('uint8')"
        )
    low, high = x.min().item(), x.max().item()
    if not np.isfinite([low, high]).all():
        raise ValueError(f"the {name} holds NaN or infinity: replace such pictures, or leave them out")
    if low < -_ONE or high > _ONE:
        bytes_ = low >= 0 and high <= 255
        raise ValueError(
            f"the {name} holds floats from {low:.4g} to {high:.4g}; expected [-1, 1] or [0, 1]: "
            + ("write x / 127.5 - 1, or give them as uint8" if bytes_ else "scale them, as (x - low) / (high - low)")
        )
    if low >= 0:
        taken = f"values from {low:.4g} to {high:.4g}: 0 is taken as black, 1 as white"
        return x.float() * 2 - 1, Pictures(), "; ".join(filter(None, (taken, Values(low, high, 0, 1).note(_SCALE))))
    return x.float(), Pictures(), Values(low, high, -1, 1).note(_SCALE)


def _type(x: Tensor) -> str:
    return str(x.dtype).removeprefix("torch.")


def refuse_bytes_as_floats(x: Tensor) -> None:
    """Refuses pictures [N, C, H, W] of floats in 0..255, of which no network learns.

    Raises:
        ValueError: They are such; the message says what to write.
    """
    if x.is_floating_point() and x.ndim == 4 and x.shape[1] in {1, 3, 4}:
        low, high = x.min().item(), x.max().item()
        if low >= 0 and _UNCLEAR < high <= 255:
            raise ValueError(
                f"the pictures are floats from {low:.4g} to {high:.4g}; expected [-1, 1]: write x / 127.5 - 1, or give "
                "bytes, x.to(torch.uint8)"
            )
