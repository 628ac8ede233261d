"""What a figure is: what it shows, the function that computes it, and numbers beside what they should be."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sparring.looks.plots import plotted
from sparring.looks.vector import svg

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from PIL import Image

__all__ = ["Drawn", "Figure", "Pair", "Picture"]


@dataclass(frozen=True)
class Pair:
    """A number that was measured, and what it should be.

    Attributes:
        name: What it is, with its unit.
        measured: As computed.
        expected: As known otherwise: from a closed form, or from theory.
        tolerance: How far apart they may be. Two infinities of one sign are not apart.

    Raises:
        ValueError: The tolerance is negative or infinite, or nothing is expected.
    """

    name: str
    measured: float
    expected: float
    tolerance: float

    def __post_init__(self) -> None:
        if not 0 <= self.tolerance < math.inf or math.isnan(self.expected):
            raise ValueError(f"got {self}; expected a number, and a tolerance of 0 or more")

    @property
    def holds(self) -> bool:
        """Whether they agree."""
        return self.measured == self.expected or abs(self.measured - self.expected) <= self.tolerance


@dataclass(frozen=True)
class Picture:
    """A picture of a page, or one of several beside one another.

    Attributes:
        content: The file.
        kind: What it is: svg+xml or png.
        width: At its natural size, in CSS pixels.
        height: The same.
        alternative: What it shows, for whoever does not see it: a sentence or two, with what matters in it.

    Raises:
        ValueError: There is no alternative.
    """

    content: bytes
    kind: Literal["svg+xml", "png"]
    width: int
    height: int
    alternative: str

    def __post_init__(self) -> None:
        if not self.alternative.strip():
            raise ValueError("a picture has no alternative text; expected a sentence that says what it shows")

    @staticmethod
    def of(axes: Axes, alternative: str) -> Picture:
        """The matplotlib figure that these axes are in, as SVG: light and dark, and sharp at any size."""
        figure = axes.get_figure(root=True)
        assert figure is not None, "axes are made in a figure"
        width, height = (round(96 * side) for side in figure.get_size_inches())
        return Picture(svg(figure).encode(), "svg+xml", width, height, alternative)

    @staticmethod
    def png(image: Image.Image, alternative: str, *, scale: float = 1.0) -> Picture:
        """Pixels, on white where they are transparent.

        Args:
            image: The picture.
            alternative: What it shows.
            scale: CSS pixels a pixel.
        """
        file = io.BytesIO()
        image.save(file, "PNG", optimize=True)
        width, height = (round(scale * side) for side in image.size)
        return Picture(file.getvalue(), "png", width, height, alternative)

    @staticmethod
    def film(axes: Axes, frames: Sequence[Sequence[Artist]], alternative: str, *, seconds: float = 0.2) -> Picture:
        """An SVG in which parts of a drawing follow one another without end. Who wants no motion sees the last.

        Args:
            axes: With all frames drawn over one another, and what is always there.
            frames: What is drawn in each of them alone.
            alternative: What they show.
            seconds: How long each is there.
        """
        for i, artist in ((i, artist) for i, artists in enumerate(frames) for artist in artists):
            artist.set_gid(f"frame{i}-{id(artist)}")
        still, share = Picture.of(axes, alternative), 100 / len(frames)
        begins = " ".join(f'[id^="frame{i}-"] {{ animation-delay: {i * seconds:.4g}s; }}' for i in range(len(frames)))
        style = (
            "@keyframes on { 0% { visibility: visible; }",
            f"{share:.4f}%, 100% {{ visibility: hidden; }} }}",
            f'[id^="frame"] {{ visibility: hidden; animation: on {seconds * len(frames):.4g}s step-end infinite; }}',
            begins,
            '@media print, (prefers-reduced-motion) { [id^="frame"] { animation: none; }',
            f'[id^="frame{len(frames) - 1}-"] {{ visibility: visible; }} }}',
        )
        drawn = re.sub(
            r"(?<![\d(])(\d+\.\d\d)\d{2,}", r"\1", still.content.decode()
        )  # hundredths of a point are enough
        drawn = re.sub(r'id="(frame\d+-)\d+"', r'id="\1"', drawn)
        return replace(still, content=drawn.replace("</style>", f" {' '.join(style)}</style>", 1).encode())


@dataclass(frozen=True)
class Drawn:
    """What a figure computes.

    Attributes:
        pictures: One or more; several are beside one another where there is room, below one another on a phone.
        pairs: One or more.
    """

    pictures: tuple[Picture, ...]
    pairs: tuple[Pair, ...]

    def __post_init__(self) -> None:
        if not self.pictures or not self.pairs:
            raise ValueError("a figure has a picture, and a number that is known; got none")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure.

    Attributes:
        title: What it is about, in a few words.
        text: Two sentences of ours on what it shows.
        source: Where it is from, such as "report, figure 16" or a talk.
        section: The report's section that it belongs to, such as "3.2.6". The page is in this order.
        make: Computes it, always the same; in float64 where it is about closed forms. Drawn in the style of all plots.
        python: About ten lines that compute some of its numbers: `measured` holds them, by the names of their pairs.
        seconds: How long it takes on one core, roughly. Tests of figures that take more than 6 are slow ones.
        tier: Quick figures are computed always; full ones by `--full` or by their names, and their results are kept.
    """

    title: str
    text: str
    source: str
    section: str
    make: Callable[[], Drawn]
    python: str
    seconds: float
    tier: Literal["quick", "full"] = "quick"

    @property
    def name(self) -> str:
        """That of its module, with dashes."""
        return self.make.__module__.rpartition(".")[2].replace("_", "-")

    @property
    def order(self) -> tuple[tuple[int, ...], str]:
        """Where it is on the page."""
        return tuple(map(int, self.section.split("."))), self.name

    def draw(self) -> Drawn:
        """Computes it."""
        return plotted(self.make)()
