"""`sparring sample RUN`: samples of a run, as one picture, single files, numbers, or lines of text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.options import parsed
from sparring.machine.words import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sparring.cli.sample_files import Samples
    from sparring.kinds.kind import Kind
    from sparring.samplers import Sampler

__all__ = ["Options", "main"]

ENDINGS = (".png", ".webp", ".jpg", ".jpeg", ".npy", ".npz", ".csv", ".txt", ".zip")
"""Of files that some samples can be written into."""


@dataclass(frozen=True)
class Options:
    """Draw samples of a run into one picture, single files (a folder or a zip) or an array, or print text."""

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    n: Annotated[int | None, tyro.conf.arg(aliases=["-n"])] = None
    """Number of samples; with --by-class, of each class. Unset: 64; with --by-class 10.
    With --code, number of latents. Unset: 64; with one range 10, with two 1."""
    seed: int = 0
    """Random seed."""
    out: str | None = None
    """Where to write. An existing file is replaced. A folder must be new or empty.
    Unset: samples.png. Samples that are text are printed instead, each in a line.
    FOLDER/ or a .zip: single files, which are numbered pictures, CSV or text.
    A .png, .webp or .jpg: one picture, a grid of all samples. With -n 1, the sample itself, pixel by pixel.
    An .npy or .npz: the numbers. Pictures are bytes [N, C, H, W].
    A .csv or .txt: rows, points or text."""
    grid: bool = False
    """Draw a grid, also for one sample. In a folder its name is grid.png."""
    format: Literal["png", "webp", "jpg"] | None = None
    """Format of pictures in a folder or a zip. Unset: png. PNG and WebP keep every pixel, JPEG has quality 95."""
    given: Annotated[tuple[str, ...], tyro.conf.arg(aliases=["--class"])] = ()
    """What to ask for, such as the name of a class, if the recipe has a condition. Several are used in turn."""
    code: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    """Value of a code, if the recipe has codes: --code category=3. It can be given several times.
    A range, --code slant=-2:2, draws the same latents at one value after another, in columns.
    A range before another one makes the rows: --code category=0:9 --code slant=-2:2."""
    steps: int = 10
    """Values of a range of numbers."""
    best: float | None = None
    """Keep this share of the samples, those that the discriminator likes most: 0.1 looks better and is less diverse."""
    reject: bool = False
    """Keep samples so often that they are like the data, if the discriminator is right (Azadi et al. 2019)."""
    temperature: float | None = None
    """For text: below 1 likely tokens are drawn more often, above 1 less often. Unset: 1."""
    by_class: bool = False
    """Draw a row of samples for each class, or for each that --class names."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the weights. raw: the last weights."""
    device: str = "cpu"
    """Device to compute on."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""


@dataclass(frozen=True)
class Place:
    """Where samples go.

    Attributes:
        path: The file or folder.
        ending: Of the file, in small letters; "/" of a folder.
    """

    path: Path
    ending: str


def main(words: list[str]) -> int:
    """Samples."""
    options = parsed(Options, words, "sample")
    if options.n is not None and options.n < 1:
        raise ValueError(f"-n is {options.n}; expected 1 or more")
    if options.best is not None and not 0 < options.best <= 1:
        raise ValueError(f"--best is {options.best}; expected a share above 0 and at most 1")
    if options.best is not None and options.reject:
        raise ValueError("--best and --reject choose samples in two ways: leave one of them out")
    if options.steps < 2:
        raise ValueError(f"--steps is {options.steps}; expected 2 or more")
    if options.code and (options.given or options.by_class or options.reject or options.best is not None):
        raise ValueError("--code says what to ask for: leave out --class, --by-class, --best and --reject")
    where = place(options)

    from sparring.machine import devices
    from sparring.runs import moved
    from sparring.runs.run import load

    device = devices.resolve(options.device)
    whole = load(options.run, weights=options.weights, recipe=options.recipe, device=device)
    sampler = picky(whole if options.temperature is None else whole.tempered(options.temperature), options, device)
    check(sampler.kind, where, options)
    samples = chosen(sampler, options)
    if options.out is None and sampler.kind.printed and not options.grid:
        print("\n".join(sampler.kind.lines(samples.all())))
        return 0
    if where.ending == "/" or (samples.n == 1 and not options.grid):
        moved.apart(options.run, where.path)
    write(samples, where, options)
    print(f"{samples.n:,} sample{'s' * (samples.n > 1)} in {shown(where.path)}")
    return 0


def picky(sampler: Sampler, options: Options, device: str) -> Sampler:
    """The sampler, or those of its samples that the discriminator likes.

    Raises:
        ValueError: Nobody in the game says what is real, or its logits are no log ratios and these are needed.
    """
    if options.best is None and not options.reject:
        return sampler

    from sparring import selection
    from sparring.cli.findings import judged
    from sparring.games.gan import GAN
    from sparring.runs.run import Run

    game = Run.open(options.run, options.recipe).game(device).eval()

    def judge(x: Tensor, given: Tensor | None) -> Tensor:
        logits = judged(game, x.to(device), None if given is None else given.to(device))
        if logits is None:
            raise ValueError(f"the game of {str(options.run)!r} has no logits: leave out --best and --reject")
        return logits.float().cpu()

    if options.best is not None:
        return selection.best(sampler, judge, options.best)
    if not (isinstance(game, GAN) and game.loss.log_ratio):
        raise ValueError("--reject needs a loss whose logits are log ratios, as of dcgan: write --best 0.5")
    return selection.rejection(sampler, judge)


def chosen(sampler: Sampler, options: Options) -> Samples:
    """The samples that the options name.

    Raises:
        ValueError: There are no classes to make rows of, or none of a name that was asked for.
    """
    from sparring.cli.sample_files import Samples

    if options.code:
        return turned(sampler, options)
    words, row = options.given, 0
    if options.by_class:
        if not (names := words or sampler.condition.choices()):
            can = sampler.condition.describe()
            raise ValueError(f"--by-class is for runs with classes; this one can be asked for {can}: leave it out")
        row = options.n or 10
        words = tuple(name for name in names for _ in range(row))
    n = len(words) if row else options.n or 64
    return Samples(
        options.run, options.weights, sampler, n, options.seed, asked(sampler, words, n, options.seed), words, row
    )


def turned(sampler: Sampler, options: Options) -> Samples:
    """The samples that `--code` names."""
    from sparring.cli.sample_files import Samples
    from sparring.cli.traversal import Cells, plan

    found, words = plan(sampler, options.code, options.n, options.steps, options.seed), (" ".join(options.code),)
    cells, n = Cells(sampler, found.cells), len(found.given)
    return Samples(options.run, options.weights, cells, n, options.seed, found.given, words, heads=found.heads)


def place(options: Options) -> Place:
    """Where the options say samples go.

    Raises:
        ValueError: It is no kind of file that there is.
        FileExistsError: It is a folder that holds something.
    """
    out = "samples.png" if options.out is None else options.out
    path = Path(out)
    ending = path.suffix.lower()
    if out.endswith(("/", os.sep)) or path.is_dir() or not ending:
        return _folder(path, options)
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise ValueError(f"--out is {out!r}; expected a name ending in {known}, or / for a folder")
    if options.format and ending != ".zip":
        raise ValueError(f"--format is for a folder or a .zip, and --out is {out!r}: leave out --format")
    if options.grid and ending not in ENDINGS[:4]:
        raise ValueError(f"--grid draws a picture, and --out is {out!r}: give a .png, .webp, .jpg or a folder")
    return Place(path, ending)


def _folder(path: Path, options: Options) -> Place:
    if options.grid:
        ending = f".{options.format or 'png'}"
        return Place(path / f"grid{ending}", ending)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(f"{str(path)!r} exists and is not empty: choose another --out")
    return Place(path, "/")


def asked(sampler: Sampler, words: Sequence[str], n: int, seed: int) -> Tensor | None:
    """What each of `n` samples is asked for, [n, ...]: the words in turn, or without any what the data have."""
    if not words:
        return sampler.given(n, seed)
    each = sampler.condition.parse(words)
    return each.repeat(-(-n // len(each)), *[1] * (each.ndim - 1))[:n]


def check(kind: Kind, where: Place, options: Options) -> None:
    """Makes sure that samples of that kind can go there.

    Raises:
        ValueError: They cannot.
    """
    if where.ending in {".csv", ".txt"} and where.ending != kind.ending:
        raise ValueError(f"--out is {options.out!r}; {kind.name} cannot be written so: give a folder, such as samples/")
    if options.format and not kind.formats:
        raise ValueError(f"--format is for pictures, and these samples are {kind.name}: leave it out")


def write(samples: Samples, where: Place, options: Options) -> None:
    """Draws and writes."""
    from sparring.cli import sample_files as files

    match where.ending:
        case "/":
            files.write_folder(samples, where.path, f".{options.format}" if options.format else "")
        case ".zip":
            files.write_zip(samples, where.path, f".{options.format}" if options.format else "")
        case ".npy":
            files.write_array(samples, where.path)
        case ".npz":
            files.write_arrays(samples, where.path)
        case ".csv" | ".txt":
            files.write_table(samples, where.path)
        case _:
            files.write_picture(samples, where.path, grid=options.grid)
