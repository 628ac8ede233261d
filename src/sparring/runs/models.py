"""The model of a run: the tensors of each of its samplers, in a file that holds its own SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sparring.machine.files import write_atomically
from sparring.machine.plain import read_json
from sparring.machine.words import command
from sparring.runs.files import MODEL

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["WEIGHTS", "read", "write"]

WEIGHTS = ("average", "raw")
"""Of which weights a run has a model."""


def write(run: Path, name: str, tensors: Mapping[str, Tensor]) -> None:
    """Writes the tensors of one sampler, with their SHA-256."""
    import safetensors.torch

    whole = {key: tensor.cpu().contiguous() for key, tensor in tensors.items()}
    about = {"sha256": _digest(name, whole)}  # alone: the order of two would change from time to time
    write_atomically(run / MODEL / f"{name}.safetensors", safetensors.torch.save(whole, about))


def read(run: Path, name: str) -> dict[str, Tensor]:
    """The tensors of one sampler, on the CPU.

    Raises:
        FileNotFoundError: There are none.
        ValueError: They are not what was written, or there is no such name.
    """
    import safetensors.torch

    file, again = run / MODEL / f"{name}.safetensors", f"`{command('resume', run)}` makes it again from a checkpoint"
    if name not in WEIGHTS:
        raise ValueError(f"weights is {name!r}; expected one of {', '.join(map(repr, WEIGHTS))}")
    if not file.is_file():
        saved = sorted(p.stem for p in file.parent.glob("*.safetensors") if p.is_file())
        raise FileNotFoundError(
            f"{str(run)!r} has no {name!r} weights: it has {saved or 'not saved a model yet'}; "
            f"if {str(file)!r} was lost, {again}"
        )
    content = file.read_bytes()
    try:
        tensors = safetensors.torch.load(content)
        written = _metadata(content).get("sha256")
    except (safetensors.SafetensorError, ValueError) as error:
        raise ValueError(f"{str(file)!r} is damaged ({error}): {again}") from error
    if written is None:
        raise ValueError(f"{str(file)!r} is damaged (its SHA-256 is gone), or of sparring 0.1.0: {again}")
    if written != _digest(name, tensors):
        raise ValueError(f"{str(file)!r} is damaged (its SHA-256 differs): {again}")
    return tensors


def _metadata(content: bytes) -> dict[str, str]:
    """The words in the header of a safetensors file."""
    header = read_json(content[8 : 8 + int.from_bytes(content[:8], "little")])
    found: dict[str, str] = header.get("__metadata__", {})
    return found


def _digest(name: str, tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of names, kinds, shapes and numbers."""
    import torch

    sha = hashlib.sha256(name.encode())
    for key, tensor in sorted(tensors.items()):
        sha.update(json.dumps([key, str(tensor.dtype), list(tensor.shape)]).encode())
        sha.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return sha.hexdigest()
