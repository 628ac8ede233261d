"""`sparring sample RUN`: samples of a run."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from sparring.machine.files import write_atomically

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.game import Batch
    from sparring.kinds.kind import Kind
    from sparring.samplers import Sampler

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
    """A .png for a picture of all; an .npy or .npz for the numbers, pictures as bytes [N, C, H, W]; a .csv for
    rows of a table; or a new folder for files that people open: numbered pictures, CSV or text."""
    given: Annotated[tuple[str, ...], tyro.conf.arg(aliases=["--class"])] = ()
    """What to ask for, where the recipe has a condition, such as the name of a class; several are used in turn."""
    weights: Literal["average", "raw"] = "average"
    """The moving average of the weights, or the last ones."""
    device: str = "cpu"
    """Where to compute."""
    recipe: Path | None = None
    """For a run of a recipe of your own that is not on your list: its file, ./FILE.py, which is then run."""


def main(words: list[str]) -> int:
    """Samples."""
    options = tyro.cli(Options, args=words, prog="sparring sample")
    if options.out.suffix not in {".png", ".npy", ".npz", ".csv", ""}:
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .png, .npy or .npz, or a folder")
    if not options.out.suffix and options.out.exists() and (not options.out.is_dir() or any(options.out.iterdir())):
        raise FileExistsError(f"{str(options.out)!r} exists: choose another --out")

    from sparring.game import Batch
    from sparring.machine import devices
    from sparring.runs.run import load

    device = devices.resolve(options.device)
    sampler = load(options.run, weights=options.weights, recipe=options.recipe, device=device)
    if options.out.suffix not in {".png", ".npy", ".npz", sampler.kind.ending, ""}:
        raise ValueError(f"--out is {str(options.out)!r}; {sampler.kind.name} have no such file: give a folder")
    given = asked(sampler, options)
    save(sampler.kind, Batch(sampler.sample(options.n, given=given, seed=options.seed), given), options.out)
    print(f"{options.n} samples in {options.out}")
    return 0


def asked(sampler: Sampler, options: Options) -> Tensor | None:
    """What each sample is asked for, [n, ...]: the words in turn, or without any what the data have."""
    if not options.given:
        return sampler.given(options.n, options.seed)
    each = sampler.condition.parse(options.given)
    return each.repeat(-(-options.n // len(each)), *[1] * (each.ndim - 1))[: options.n]


def save(kind: Kind, made: Batch, out: Path) -> None:
    """Writes samples, and in an .npz what they were asked for, as the name of the file wants them."""
    import numpy as np

    from sparring.kinds import drawing

    samples, buffer = made.x, io.BytesIO()
    match out.suffix:
        case ".png":
            buffer.write(drawing.encode(kind.show({"generated": samples})))
        case ".npy":
            np.save(buffer, kind.array(samples))
        case ".npz":
            given: dict[str, Any] = {} if made.y is None else {"given": made.y.numpy()}
            np.savez_compressed(buffer, samples=kind.array(samples), **given)
        case _:
            kind.save(kind.clean(samples), out)
            return
    write_atomically(out, buffer.getvalue())
