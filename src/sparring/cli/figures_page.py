"""The page of figures: one HTML file that loads nothing and runs nothing, to read, print or send to a class."""

from __future__ import annotations

import base64
import html
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sparring.cli.figures_sources import Work, cited
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
    5: "Problems: convergence and mode collapse",
    6: "Plug and play",
    7: "The exercises",
    8: "Beyond the exercises",
}
"""What figures are listed under, by the first number of their section."""

_SHOWN = 8
"""How many numbers of a long table are shown before the others are unfolded."""

_FEW = 4
"""On a phone a table of more numbers than this is folded."""

_FIRST = ("two-futures", "framework", "live-gan", "vanishing-gradient", "saddle")
"""What to look at first."""

_MINUS = "\u2212"
_RAISED = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))


def page(made: Mapping[str, Made], figures: Sequence[Figure], about: str) -> str:
    """The page.

    Args:
        made: What has been computed, by the names of figures.
        figures: What the page is meant to have, in its order.
        about: When and with what it was made.
    """
    there = sorted((figure for figure in figures if figure.name in made), key=_place)
    absent = [figure for figure in figures if figure.name not in made]
    chapters = [(_CHAPTERS[number], list(part)) for number, part in itertools.groupby(there, _chapter)]
    parts = [(title, [(figure, made[figure.name]) for figure in part]) for title, part in chapters]
    return filled(
        "figures.html",
        summary=_summary([made[figure.name] for figure in there], absent),
        first=_first(there),
        contents=_contents(chapters, made),
        chapters=_linked("\n".join(_section(title, part) for title, part in parts), made),
        sources="\n".join(map(_work, cited(figure.source for figure in there))),
        about=_text(about),
    )


def _chapter(figure: Figure) -> int:
    """Its chapter. Among the exercises are only figures that have a place there in the report."""
    first = figure.order[0][0]
    return first if first < 7 else 7 if first == 7 and "report, " in figure.source else 8


def _place(figure: Figure) -> tuple[int, tuple[int, ...], float, str]:
    """In a section, figures of the report come first, by their numbers."""
    section, name = figure.order
    number = re.search(r"\d+", _label(figure.source))
    return _chapter(figure), section, int(number[0]) if number else math.inf, name


def _label(source: str) -> str:
    """The figures of the report that it has, as in "figure 16" or "figures 22 and 32"; else nothing."""
    told = re.search(r"\breport, (.*?)(?:;|\.\s|, after |$)", source)
    found = told and re.search(r"(?<!caption of )\bfigures? \d+(?: and \d+)?", told[1])
    return found[0] if found else ""


def _text(text: str) -> str:
    return html.escape(text)


def _summary(made: Sequence[Made], absent: Sequence[Figure]) -> str:
    """How many numbers are as expected, how many of them roughly, and what is missing."""
    pairs = [pair for each in made for pair in each.drawn.pairs]
    links = ", ".join(f'<a href="#{each.name}">{each.name}</a>' for each in made if each.wrong)
    numbers = f"{counted(len(made), 'figure')}, {_tally(pairs)} computed beside what is expected of them."
    wide = [pair for pair in pairs if 0.5 <= pair.tolerance >= abs(pair.expected) / 4]
    agreed = f"All agree, {len(wide)} of them only roughly." if wide else "All agree."
    agreed = f'<strong class="wrong">Outside their tolerance: numbers of {links}.</strong>' if links else agreed
    rough = ""
    if wide:
        most = max(wide, key=lambda pair: pair.tolerance)
        example = f"{_number(most.expected, most)} within {_within(most.tolerance)}"
        rough = f" Wide tolerances, such as {example}, are for orders of magnitude and rough counts."
    left = f"<p>Not computed yet: {_text(', '.join(figure.name for figure in absent))}.</p>" if absent else ""
    return f"<p>{numbers} {agreed}{rough}</p>{left}"


def _first(there: Sequence[Figure]) -> str:
    """Where to begin, of what is there."""
    found = {figure.name: figure.title for figure in there}
    items = "".join(f'<li><a href="#{name}">{_text(found[name])}</a></li>' for name in _FIRST if name in found)
    count = items.count("<li>")
    words = "at this one" if count == 1 else f"at these {('two', 'three', 'four', 'five')[count - 2]}"
    return f"<p>New here? Look {words} first:</p>\n<ol>{items}</ol>" if items else ""


def _tally(pairs: Sequence[Pair]) -> str:
    """How many numbers there are, and how many are only signs or a yes."""
    signs = sum(map(_is_sign, pairs))
    kinds = ((len(pairs) - signs, "number"), (signs, "sign"))
    return " and ".join(counted(count, kind) for count, kind in kinds if count)


def _is_sign(pair: Pair) -> bool:
    """Whether it is no quantity, but a sign, or 1 for yes."""
    return not pair.tolerance and pair.expected in (-1, 0, 1) and bool(re.search(r"\b(sign|yes)\b", pair.name))


def _contents(chapters: Sequence[tuple[str, Sequence[Figure]]], made: Mapping[str, Made]) -> str:
    """A fold for each chapter, which only a phone folds."""
    lines = []
    for title, part in chapters:
        state = " open" if any(made[figure.name].wrong for figure in part) else ""
        marks = ((figure, ' <span class="wrong">✗</span>' if made[figure.name].wrong else "") for figure in part)
        items = (
            f'<li><a href="#{figure.name}">{_text(figure.title)}</a>{_small(_label(figure.source))}{mark}</li>'
            for figure, mark in marks
        )
        head = f'<details class="group"{state}><summary>{_text(title)}</summary>'
        lines.append(f"<li>{head}<ul>{''.join(items)}</ul></details></li>")
    return "\n".join(lines)


def _small(label: str) -> str:
    return f" <small>{label}</small>" if label else ""


def _section(title: str, parts: Sequence[tuple[Figure, Made]]) -> str:
    return "\n".join([f"<h2>{_text(title)}</h2>", *(_figure(figure, made) for figure, made in parts)])


def _linked(text: str, made: Mapping[str, Made]) -> str:
    """With a link where words name another figure of the page, as in "the figure rules-on-xy"."""

    def link(found: re.Match[str]) -> str:
        return f'the figure <a href="#{found[1]}">{found[1]}</a>' if found[1] in made else found[0]

    return re.sub(r"\bthe figure ([a-z]+(?:-[a-z]+)*)\b", link, text)


def _work(work: Work) -> str:
    title = f'<a href="{_text(work.address)}">{_text(work.title)}</a>' if work.address else _text(work.title)
    return f"<li>{_text(work.name)}: {title}</li>"


def _figure(figure: Figure, made: Made) -> str:
    kept, more, label = "", "", _label(figure.source)
    if figure.tier == "full":
        packages = ", ".join(f"{name} {number}" for name, number in made.versions.items())
        spent = f"{made.seconds / 60:,.1f} minutes"
        made_by = f"SHA-256 of what made it: {made.sha256[:16]}…"
        kept = f'\n<p class="quiet">Computed on {made.date} in {spent} with {_text(packages)}. {made_by}</p>'
        more = ", and what computed this"
    return f"""<section id="{figure.name}">
<h3>{_text(figure.title)}{_small(label and f"report, {label}")}</h3>
<div class="pictures">{"".join(map(_picture, made.drawn.pictures))}
<p>{_text(figure.text)}</p></div>
{_numbers(figure.title, made.drawn.pairs)}
<p class="quiet">Source: {_text(figure.source.rstrip("."))}. This figure alone: <code>{_text(made.command)}</code></p>
<details class="python"><summary>In Python{more}</summary>
<pre><code>{_text(figure.python.strip())}</code></pre>{kept}</details>
<p class="up"><a href="#contents">contents</a></p>
</section>"""


def _picture(picture: Picture) -> str:
    address = f"data:image/{picture.kind};base64,{base64.b64encode(picture.content).decode()}"
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img src="{address}" {size} alt="{_text(picture.alternative)}">'


def _numbers(title: str, pairs: Sequence[Pair]) -> str:
    """The numbers: folded on a phone unless they are few, and elsewhere from the ninth. What is wrong is seen."""
    if len(pairs) <= _SHOWN + 2:
        seen = _table(f"Numbers of: {title}", pairs)
    else:
        first, others = pairs[:_SHOWN], pairs[_SHOWN:]
        seen = (
            f"{_table(f'Numbers of: {title}', first)}\n"
            f'<details class="more"{_open(others)}><summary>{counted(len(others), "more row")}</summary>\n'
            f"{_table(f'More numbers of: {title}', others)}</details>"
        )
    if len(pairs) <= _FEW:
        return seen
    wrong = sum(not pair.holds for pair in pairs)
    state = f"{wrong} wrong" if wrong else "all agree"
    return f'<details class="long"{_open(pairs)}><summary>{_tally(pairs)}, {state}</summary>\n{seen}</details>'


def _open(pairs: Sequence[Pair]) -> str:
    return "" if all(pair.holds for pair in pairs) else " open"


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
    values = (_value(value, pair) for value in (pair.measured, pair.expected))
    cells = (*values, _within(pair.tolerance), word)
    data = "".join(f'<td role="cell">{_text(cell)}</td>' for cell in cells)
    return f'<tr role="row"{kind}><th role="rowheader" scope="row">{_text(_said(pair))}</th>{data}</tr>'


def _said(pair: Pair) -> str:
    """Its name. What is printed as yes or no need not say what 1 is."""
    return re.sub(r",? 1 is yes\b", "", pair.name) if _is_sign(pair) else pair.name


def _value(value: float, pair: Pair) -> str:
    """A yes, a sign, or a number."""
    if not _is_sign(pair):
        return _number(value, pair)
    words: dict[float, str] = {1: "yes", 0: "no"} if _said(pair) != pair.name else {1: "+", -1: _MINUS, 0: "0"}
    return words.get(value) or _number(value, pair)


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
