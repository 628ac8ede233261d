"""The page of figures: one HTML file that loads nothing and runs nothing, to read, print or send to a class."""

from __future__ import annotations

import base64
import html
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sparring.cli.page import filled
from sparring.machine.words import counted

if TYPE_CHECKING:
    from sparring.cli.figures_kept import Made
    from sparring.figures.frame import Figure, Pair, Picture

__all__ = ["page"]

_CHAPTERS = {
    1: "Why generative models",
    2: "Likelihood and divergences",
    3: "The game and its costs",
    4: "Tips",
    5: "Problems: convergence, mode collapse, measuring",
    6: "Plug and play",
    7: "The exercises",
    8: "The exercises",
}
"""What figures are listed under, by the first number of their section."""

_SHOWN = 8
"""How many numbers of a long table are shown before the others are unfolded."""

_MINUS = "\u2212"
_RAISED = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))


def page(made: Mapping[str, Made], figures: Sequence[Figure], about: str) -> str:
    """The page.

    Args:
        made: What has been computed, by the names of figures.
        figures: What the page is meant to have, in its order.
        about: When and with what it was made.
    """
    there = [figure for figure in figures if figure.name in made]
    absent = [figure for figure in figures if figure.name not in made]
    chapters = itertools.groupby(there, lambda figure: _CHAPTERS.get(figure.order[0][0], "More"))
    sections = [_chapter(title, [(figure, made[figure.name]) for figure in part]) for title, part in chapters]
    return filled(
        "figures.html",
        summary=_summary([made[figure.name] for figure in there], absent),
        contents=_contents(there, made),
        chapters="\n".join(sections),
        about=_text(about),
    )


def _text(text: str) -> str:
    return html.escape(text)


def _summary(made: Sequence[Made], absent: Sequence[Figure]) -> str:
    """How many numbers are as expected, and what is missing."""
    pairs = sum(len(each.drawn.pairs) for each in made)
    wrong = [each for each in made if each.wrong]
    links = ", ".join(f'<a href="#{each.name}">{each.name}</a>' for each in wrong)
    numbers = f"{counted(len(made), 'figure')}, {counted(pairs, 'number')} computed beside what is known of them."
    agreed = f'<strong class="wrong">Outside their tolerance: numbers of {links}.</strong>' if wrong else "All agree."
    left = f"<p>Not computed yet: {_text(', '.join(figure.name for figure in absent))}.</p>" if absent else ""
    return f"<p>{numbers} {agreed}</p>{left}"


def _contents(figures: Sequence[Figure], made: Mapping[str, Made]) -> str:
    lines = []
    for title, part in itertools.groupby(figures, lambda figure: _CHAPTERS.get(figure.order[0][0], "More")):
        marks = ((figure, ' <span class="wrong">✗</span>' if made[figure.name].wrong else "") for figure in part)
        items = (f'<li><a href="#{figure.name}">{_text(figure.title)}</a>{mark}</li>' for figure, mark in marks)
        lines.append(f"<li>{_text(title)}<ul>{''.join(items)}</ul></li>")
    return "\n".join(lines)


def _chapter(title: str, parts: Sequence[tuple[Figure, Made]]) -> str:
    return "\n".join([f"<h2>{_text(title)}</h2>", *(_figure(figure, made) for figure, made in parts)])


def _figure(figure: Figure, made: Made) -> str:
    kept = ""
    if figure.tier == "full":
        packages = ", ".join(f"{name} {number}" for name, number in made.versions.items())
        spent = f"{made.seconds / 60:,.1f} minutes"
        made_by = f"SHA-256 of what made it: {made.sha256[:16]}…"
        kept = f'<p class="quiet">Computed on {made.date} in {spent} with {_text(packages)}. {made_by}</p>\n'
    return f"""<section id="{figure.name}">
<h3>{_text(figure.title)}</h3>
<div class="{_rows(len(made.drawn.pictures))}">{"".join(map(_picture, made.drawn.pictures))}</div>
<p>{_text(figure.text)}</p>
{_numbers(figure.title, made.drawn.pairs)}
<p class="quiet">Source: {_text(figure.source)}. This figure alone: <code>{_text(made.command)}</code></p>
{kept}<details class="python"><summary>In Python</summary>
<pre><code>{_text(figure.python.strip())}</code></pre></details>
</section>"""


def _picture(picture: Picture) -> str:
    address = f"data:image/{picture.kind};base64,{base64.b64encode(picture.content).decode()}"
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img src="{address}" {size} alt="{_text(picture.alternative)}">'


def _rows(pictures: int) -> str:
    """The class of their row. On a wide screen three are beside one another where two would leave one alone."""
    return "pictures threes" if pictures > 1 and (pictures % 2 or pictures % 3 == 0) else "pictures"


def _numbers(title: str, pairs: Sequence[Pair]) -> str:
    """The numbers. Of a long table all but the first are folded, unless one of them is wrong."""
    if len(pairs) <= _SHOWN + 2:
        return _table(f"Numbers of: {title}", pairs)
    first, others = pairs[:_SHOWN], pairs[_SHOWN:]
    open = "" if all(pair.holds for pair in others) else " open"
    return (
        f"{_table(f'Numbers of: {title}', first)}\n"
        f'<details class="more"{open}><summary>{counted(len(others), "more number")}</summary>\n'
        f"{_table(f'More numbers of: {title}', others)}</details>"
    )


def _table(label: str, pairs: Sequence[Pair]) -> str:
    """A table of numbers. Roles are there because a phone's style takes rows apart."""
    rows = "\n".join(map(_row, pairs))
    heads = "".join(
        f'<th role="columnheader" scope="col">{head}</th>' for head in ("", "measured", "expected", "within", "agrees")
    )
    return (
        f'<div class="table"><table role="table" aria-label="{_text(label)}">'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
        f'<tbody role="rowgroup">{rows}</tbody></table></div>'
    )


def _row(pair: Pair) -> str:
    kind, word = ("", "yes") if pair.holds else (' class="wrong"', "✗ no")
    cells = (*(_number(value, pair) for value in (pair.measured, pair.expected)), _within(pair.tolerance), word)
    data = "".join(f'<td role="cell">{_text(cell)}</td>' for cell in cells)
    return f'<tr role="row"{kind}><th role="rowheader" scope="row">{_text(pair.name)}</th>{data}</tr>'


def _number(value: float, pair: Pair) -> str:
    """With as many digits as the tolerance makes worth reading, six at most."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    if abs(value) < pair.tolerance / 1000:
        return "0"
    size = max((abs(each) for each in (pair.measured, pair.expected) if math.isfinite(each)), default=1.0) or 1.0
    digits = 1 + math.ceil(math.log10(size / pair.tolerance)) if pair.tolerance else 6
    return _power(f"{value:.{min(6, max(3, digits))}g}")


def _within(tolerance: float) -> str:
    """What is allowed: 0, 0.001 or 1·10⁻⁶."""
    return _power(f"{tolerance:.2g}") if tolerance else "0"


def _power(number: str) -> str:
    """A number as people write it: with a minus, and powers of ten instead of e."""
    digits, e, power = number.partition("e")
    raised = "".join(_RAISED[sign] for sign in str(int(power))) if e else ""
    return (f"{digits}·10{raised}" if e else digits).replace("-", _MINUS)
