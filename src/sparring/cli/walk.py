"""`sparring walk RUN`: a video in which samples become one another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.options import parsed
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
    """Two or more seeds. The walk goes through the first sample of each, and back."""
    n: Annotated[int | None, tyro.conf.arg(aliases=["-n"])] = None
    """Number of walks side by side. Unset: one; for points, a whole picture of them."""
    seconds: float | None = None
    """Length of the video in seconds. Unset: 2 for each seed."""
    frames: int | None = None
    """Number of frames. Unset: 25 a second."""
    size: int = 256
    """Small pictures are enlarged up to this many pixels a side. Each pixel becomes a square."""
    given: Annotated[tuple[str, ...], tyro.conf.arg(aliases=["--class"])] = ()
    """What to ask for, such as the name of a class. Walks side by side use several in turn."""
    out: Path = Path("walk.webp")
    """Video to write, a .webp or .gif file. An existing file is replaced."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the weights. raw: the last weights."""
    device: str = "cpu"
    """Device to compute on."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""


def main(words: list[str]) -> int:
    """Walks."""
    options = parsed(Options, words, "walk")
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
        raise ValueError(
            f"got {seconds:g} seconds and {frames} frames; expected more than 0, and a frame for each seed"
        )
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
