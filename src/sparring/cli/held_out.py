"""Pictures a run was not trained on: what tournament and turing compare with."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.data.source import InMemory
    from sparring.run import Run

__all__ = ["held_out"]

_CHANNELS: Mapping[int, Literal["grey", "colour"]] = {1: "grey", 3: "colour"}


def held_out(run: Run, against: str | None, n: int, seed: int) -> Tensor:
    """`n` pictures [n, C, H, W] in [-1, 1], of the shape of the run's, drawn at random.

    Args:
        run: A run that was trained on pictures.
        against: Any data that can be opened; they are prepared as the run's. Without it those that were held out of
            the pictures that ship with sparring, if the run was trained on these.
        n: How many.
        seed: Decides which.

    Raises:
        ValueError: The run is not one of pictures, or there are none to compare with, too few, or of another shape.
    """
    from sparring.chance import Key

    if len(run.data["shape"]) != 3:
        raise ValueError(f"{str(run.path)!r} makes samples of shape {run.data['shape']}; expected pictures [C, H, W]")
    data = _open(run, against)
    if list(data.x.shape[1:]) != run.data["shape"]:
        raise ValueError(
            f"the pictures to compare with have shape {list(data.x.shape[1:])}, those of {str(run.path)!r} "
            f"{run.data['shape']}: give --against pictures that can be made so"
        )
    if n > len(data.x):
        raise ValueError(f"there are {len(data.x)} pictures to compare with; {n} are needed: give a smaller --n")
    return data.examples(Key(seed, ("held out",)).permutation("order", len(data.x))[:n])


def _open(run: Run, against: str | None) -> InMemory:
    from sparring.data.embedded import fashion_mnist
    from sparring.data.opening import open_data
    from sparring.data.preparation import Preparation

    trained_on = getattr(run.config, "data", "other data")
    if against is not None:
        channels, height, width = run.data["shape"]
        own = getattr(run.config, "pictures", Preparation())
        colour = _CHANNELS.get(channels, own.colour)
        return open_data(against, dataclasses.replace(own, size=(height, width), colour=colour, labels="none"))
    if trained_on == "fashion-mnist-10k":
        return fashion_mnist("held_out")
    raise ValueError(
        f"{str(run.path)!r} was trained on {trained_on}: give --against DATA, pictures of the same kind that it was "
        "not trained on"
    )
