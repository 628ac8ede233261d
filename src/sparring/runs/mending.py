"""Mending: models that were damaged or lost, made again from a checkpoint."""

from __future__ import annotations

import warnings

from sparring.runs import files, models
from sparring.runs.writers import Checkpoint

__all__ = ["damaged", "mend"]


def damaged(checkpoint: Checkpoint) -> list[str]:
    """The models that cannot be read; none before the first checkpoint."""
    found = []
    for name in checkpoint.samplers if checkpoint.saved >= 0 else ():
        try:
            models.read(checkpoint.folder, name)
        except (OSError, ValueError):
            found.append(name)
    return found


def mend(checkpoint: Checkpoint) -> None:
    """Makes them again, with a warning for each."""
    for name in damaged(checkpoint):
        checkpoint.write_model(name)
        file = str(checkpoint.folder / files.MODEL / f"{name}.safetensors")
        warnings.warn(f"{file!r} was damaged or lost: made again from round {checkpoint.saved}", stacklevel=4)
