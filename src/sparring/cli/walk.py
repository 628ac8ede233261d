"""`sparring walk RUN`: a video in which samples become one another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.machine.files import write_atomically
from sparring.machine.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from sparring.kinds.kind import Kind
    from sparring.samplers import Sampler

__all__ = ["Options", "main"]

STEP, RATE = 2.0, 25
"""Seconds from one seed to the next, and frames a second, where nobody says."""


@dataclass(frozen=True)
class Options:
    """Make a video that goes from the sample of one seed to that of the next, and back to the first."""

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    seeds: tuple[int, ...] = (0, 1, 2, 3)
    """Two or more: the walk goes through the first sample of each, and back."""
    n: Annotated[int | None, tyro.conf.arg(aliases=["-n"])] = None
    """How many walks to show side by side. Without it one; of points, a whole picture of them."""
    seconds: float | None = None
    """How long the video is. Without it 2 seconds for each seed."""
    frames: int | None = None
    """How many frames it has. Without it 25 a second."""
    size: int = 256
    """Small pictures are enlarged up to this many pixels a side, each pixel to a square."""
    given: Annotated[tuple[str, ...], tyro.conf.arg(aliases=["--class"])] = ()
    """What to ask for, such as the name of a class. Several are for walks side by side, in turn."""
    out: Path = Path("walk.webp")
    """The video, a .webp or a .gif. It is replaced if it is there."""
    weights: Literal["average", "raw"] = "average"
    """The moving average of the weights, or the last ones."""
    device: str = "cpu"
    """Where to compute."""
    recipe: Path | None = None
    """For a run of a recipe of your own that is not on your list: its file, ./FILE.py, which is then run."""


def main(words: list[str]) -> int:
    """Walks."""
    options = tyro.cli(Options, args=words, prog="sparring walk")
    seconds, frames = length(options)

    from sparring.kinds.moving import MOVING, moving, times
    from sparring.machine import devices
    from sparring.machine.progress import steps
    from sparring.runs.run import load

    ending = options.out.suffix.lower()
    if ending not in MOVING:
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in {' or '.join(MOVING)}")
    device = devices.resolve(options.device)
    sampler = load(options.run, weights=options.weights, recipe=options.recipe, device=device)
    drawn = []
    with steps("walking", frames) as advance:
        for picture in pictures(sampler, options, frames):
            drawn.append(picture)
            advance(1)
    write_atomically(options.out, moving(drawn, times(frames, seconds), ending))
    print(f"{frames} frames, {seconds:g} seconds, in {shown(options.out)}")
    return 0


def length(options: Options) -> tuple[float, int]:
    """Seconds and frames.

    Raises:
        ValueError: They are too few, or there are more frames than 50 a second, which viewers do not show.
    """
    if len(options.seeds) < 2:
        raise ValueError(f"got {len(options.seeds)} seed{'s' * (not options.seeds)}; expected two or more: --seeds 0 1")
    seconds = options.seconds or (STEP * len(options.seeds) if not options.frames else options.frames / RATE)
    frames = options.frames or round(seconds * RATE)
    if min(seconds, frames) <= 0 or frames < len(options.seeds):
        raise ValueError(f"got {seconds:g} seconds of {frames} frames; expected more than 0, a frame a seed or more")
    if frames > 50 * seconds:
        raise ValueError(f"got {frames} frames in {seconds:g} seconds; expected at most 50 a second")
    return seconds, frames


def pictures(sampler: Sampler, options: Options, frames: int) -> Iterator[Image.Image]:
    """The frames, drawn one by one."""
    from sparring.kinds.moving import enlarged

    kind = sampler.kind
    given = sampler.condition.parse(options.given) if options.given else None
    for x in sampler.walk(options.seeds, frames, count(sampler, options), given=given):
        clean = kind.clean(x)
        alone = kind.single(clean[0]) if len(x) == 1 else None
        yield enlarged(alone or kind.show({"generated": clean}), options.size)


def count(sampler: Sampler, options: Options) -> int:
    """Samples in a frame."""
    if options.n is not None and options.n < 1:
        raise ValueError(f"-n is {options.n}; expected 1 or more")
    kind: Kind = sampler.kind
    return options.n or (1 if kind.single(kind.clean(sampler.sample(1))[0]) is not None else kind.shown)
