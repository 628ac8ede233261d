"""`sparring sample RUN`: samples of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sparring.machine.files import write_atomically

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Draw samples of a run into one picture, or into an array."""

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    n: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 64
    """How many."""
    seed: int = 0
    """Decides which."""
    out: Path = Path("samples.png")
    """A .png for a grid, or an .npy for the numbers: bytes [N, C, H, W] of pictures, floats of anything else."""
    weights: Literal["average", "raw"] = "average"
    """The moving average of the weights, or the last ones."""
    device: str = "cpu"
    """Where to compute."""


def main(words: list[str]) -> int:
    """Samples."""
    options = tyro.cli(Options, args=words, prog="sparring sample")
    if options.out.suffix not in {".png", ".npy"}:
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .png or .npy")
    import io

    import numpy as np

    from sparring.kinds import drawing
    from sparring.machine import devices
    from sparring.runs.run import load

    samples = load(options.run, weights=options.weights, device=devices.resolve(options.device)).sample(
        options.n, seed=options.seed
    )
    if options.out.suffix == ".png":
        content = drawing.encode(drawing.draw(samples))
    else:
        buffer = io.BytesIO()
        np.save(buffer, (drawing.to_bytes(samples) if samples.ndim == 4 else samples).numpy())
        content = buffer.getvalue()
    write_atomically(options.out, content)
    print(f"{options.n} samples in {options.out}")
    return 0
