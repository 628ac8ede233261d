"""The page of an evaluation: one HTML file that loads nothing and runs nothing, to read, print or send to somebody."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from sparring.cli.page import filled, uri
from sparring.machine.words import rounded

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Bar", "Figure", "Scale", "Span", "Table", "report"]


class Span(Protocol):
    """A value and its interval: a `Score` or an `Interval`."""

    @property
    def value(self) -> float:
        """The estimate; some intervals do not hold it."""
        ...

    @property
    def low(self) -> float:
        """The lower end."""
        ...

    @property
    def high(self) -> float:
        """The upper end."""
        ...


@dataclass(frozen=True)
class Bar:
    """A figure of generated samples, drawn above that of real ones on a scale of their own.

    Attributes:
        name: What was measured.
        generated: What generated samples have.
        real: What other real samples have, which a perfect generator would get.
        better: Which way is better.
    """

    name: str
    generated: Span
    real: Span
    better: Literal["lower", "higher"]


@dataclass(frozen=True)
class Table:
    """A table, and sentences below it.

    Attributes:
        caption: The heading above it.
        headers: Of the columns.
        rows: Cells; without any there is no table, only sentences.
        words: The sentences.
    """

    caption: str
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes:
        title: The heading above it, read out in its place.
        text: What there is to see.
        image: At its natural size, or smaller on a narrow screen.
    """

    title: str
    text: str
    image: Image.Image


def report(
    title: str,
    sentences: Sequence[str],
    tables: Sequence[Table],
    figures: Sequence[Figure],
    *,
    scores: Sequence[Bar] = (),
    caption: str = "Figures",
) -> str:
    """The page.

    Args:
        title: Its heading.
        sentences: Below the heading: what was compared, and the verdict.
        tables: In this order, after the scores.
        figures: In this order, after the tables.
        scores: Are drawn.
        caption: The heading above them.

    Raises:
        ValueError: A score is not finite.
    """
    return filled(
        "report.html",
        title=_text(title),
        sentences=_paragraphs(sentences),
        scores=_scores(scores, caption) if scores else "",
        tables="\n".join(map(_table, tables)),
        figures="\n".join(map(_figure, figures)),
    )


def _text(text: str) -> str:
    """Text that ends no element and no attribute; a file's name need not be Unicode."""
    return html.escape(text.encode(errors="backslashreplace").decode())


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n".join(f"<p>{_text(text)}</p>" for text in texts)


def _section(heading: str, *parts: str) -> str:
    return "\n".join(["<section>", f"<h2>{_text(heading)}</h2>", *filter(None, parts), "</section>"])


def _row(cells: Iterable[str]) -> str:
    name, *others = cells
    return f'<tr><th scope="row">{_text(name)}</th>{"".join(f"<td>{_text(cell)}</td>" for cell in others)}</tr>'


def _grid(kind: str, headers: Iterable[str], bodies: Iterable[str]) -> str:
    heads = "".join(f'<th scope="col">{_text(header)}</th>' for header in headers)
    rows = "\n".join(bodies)
    return f'<div class="table"><table{kind}>\n<thead><tr>{heads}</tr></thead>\n{rows}\n</table></div>'


def _table(table: Table) -> str:
    body = "<tbody>\n" + "\n".join(map(_row, table.rows)) + "\n</tbody>"
    grid = _grid("", table.headers, [body]) if table.rows else ""
    return _section(table.caption, grid, _paragraphs(table.words))


def _figure(figure: Figure) -> str:
    width, height = figure.image.size
    image = f'<img src="{uri(figure.image)}" width="{width}" height="{height}" alt="{_text(figure.title)}">'
    return _section(figure.title, _paragraphs([figure.text]), f'<div class="card">{image}</div>')


_KEY = (
    '<p class="key"><span><svg height="14" viewBox="0 0 32 14" aria-hidden="true">'
    '<line class="generated" x1="0" x2="32" y1="7" y2="7"/><circle class="generated" cx="16" cy="7" r="4"/></svg> '
    "generated samples</span> "
    '<span><svg height="14" viewBox="0 0 32 14" aria-hidden="true"><line class="real" x1="0" x2="32" y1="7" y2="7"/>'
    '<path class="real" d="M16 2l5 5-5 5-5-5z"/></svg> real samples: the value of a perfect generator</span>'
    "</p>\n<p>Each figure has its own scale. Lines are intervals.</p>"
)


def _scores(bars: Sequence[Bar], caption: str) -> str:
    grid = _grid(' class="scores"', ["", "generated", "real"], map(_bar, bars))
    return _section(caption, _KEY, grid)


def _bar(bar: Bar) -> str:
    cells = "".join(
        f"<td>{rounded(span.value, 4)} <small>({rounded(span.low)} to {rounded(span.high)})</small></td>"
        for span in (bar.generated, bar.real)
    )
    name = f"{_text(bar.name)} <small>({bar.better} is better)</small>"
    numbers = f'<tr><th scope="row">{name}</th>{cells}</tr>'
    return f'<tbody>\n{numbers}\n<tr><td class="bar" colspan="3">{_drawing(bar)}</td></tr>\n</tbody>'


def _drawing(bar: Bar) -> str:
    numbers = [number for span in (bar.generated, bar.real) for number in (span.value, span.low, span.high)]
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"the score {bar.name!r} has values {numbers}; expected finite ones: leave it out of the page")
    scale = Scale.over(min(numbers), max(numbers))
    marks = "".join(
        f'<line class="axis" x1="{x}" x2="{x}" y1="4" y2="46"/><text x="{x}" y="59">{label}</text>'
        for x, label in zip(map(scale.at, scale.places), scale.labels, strict=True)
    )
    return (
        f'<svg height="66" role="img" aria-label="{_text(bar.name)} on a scale, as in the row above">{marks}'
        + _interval("generated", bar.generated, 15, scale, '<circle class="generated" r="5"/>')
        + _interval("real", bar.real, 33, scale, '<path class="real" d="M0-5l5 5-5 5-5-5z"/>')
        + "</svg>"
    )


def _interval(kind: str, span: Span, y: int, scale: Scale, mark: str) -> str:
    low, value, high = map(scale.at, (span.low, span.value, span.high))
    ends = "".join(f'<line class="{kind} end" x1="{x}" x2="{x}" y1="{y - 5}" y2="{y + 5}"/>' for x in (low, high))
    line = f'<line class="{kind}" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>'
    return (
        f'{line}{ends}<svg x="{value}" y="{y}" width="1" height="1">{mark}</svg>'  # only <svg> can be moved by percents
    )


@dataclass(frozen=True)
class Scale:
    """Round numbers in equal steps along a line.

    Attributes:
        places: The numbers, two or more, rising.
        labels: Their text.
    """

    places: Sequence[float]
    labels: Sequence[str]

    @staticmethod
    def over(low: float, high: float) -> Scale:
        """From `low` or less to `high` or more, two to six numbers in steps of 1, 2 or 5 times a power of ten.

        Example:
            >>> Scale.over(1.24, 6.49).labels
            ['0', '2', '4', '6', '8']
        """
        size = max(abs(low), abs(high))
        reach = max(1e-9, high - low if high - low > 1e-6 * size else size or 1.0)
        digits = 1 - math.floor(math.log10(reach))
        tenths = next(tenths for tenths in (2, 5, 10, 20, 50) if reach * 10.0**digits <= 4 * tenths)
        step = tenths / 10.0**digits
        first, last = math.floor(low / step), math.ceil(high / step)
        places = [i * step for i in range(first, max(last, first + 1) + 1)]
        shown = max(0, digits - (tenths >= 10))
        return Scale(places, [f"{place:,.{shown}f}" for place in places])

    def at(self, value: float) -> str:
        """Where a value is, in percent of the width: margins of 4% leave room for labels."""
        return f"{4 + 92 * (value - self.places[0]) / (self.places[-1] - self.places[0]):.2f}%"
