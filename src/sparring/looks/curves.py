"""Curves: what a run logged, scores first, over rounds, with what healthy runs logged behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from sparring.looks.band import Band
from sparring.looks.panels import Panel, panels
from sparring.looks.plots import INK, colours, plotted, render

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curves"]

Lines = Sequence[Mapping[str, float]]
"""The lines of a run's log, as `sparring.runs.files.read_log` gives them."""

_ENDS = ("/low", "/high")
"""What follows a value's name in the names of the ends of its interval."""

_FEW, _WIDE = 30, 100
"""So few points are marked; values so many times apart ask for a logarithmic scale."""

_HIGH = 0.095
"""A line of words beside a plot, as a share of its height."""

_STROKES = ("solid", (0, (4, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))
"""Of the lines in one panel, where colours are those of runs."""


@plotted
def curves(
    log: Lines | Mapping[str, Lines],
    x: str = "round",
    *,
    of: str = "examples",
    band: Band | None = None,
    columns: int = 2,
) -> Image.Image:
    """The lines of a run's log: thin as logged, thick as a running mean, the last of it in figures.

    Scores come first, then logits, losses, penalties and whatever else there is, by the names of players and terms.

    Args:
        log: A log, or several by the names of their runs: a colour for each, and every term that any of them has.
        x: What they are drawn over: round, images or seconds.
        of: What examples are called, in the plural.
        band: What healthy runs logged, to be drawn in grey over rounds.
        columns: So many plots side by side; one for narrow screens.

    Raises:
        ValueError: There is nothing in them.
    """
    from matplotlib.figure import Figure

    logs = {name: [line for line in lines if x in line] for name, lines in _named(log).items()}
    names = dict.fromkeys(name for lines in logs.values() for line in lines for name in line if "/" in name)
    if not names:
        raise ValueError("the log is empty: there is nothing to plot; train for some rounds first")
    drawn = panels((name for name in names if not (name.endswith(_ENDS) and name.rpartition("/")[0] in names)), of)
    columns = min(columns, len(drawn))
    rows = math.ceil(len(drawn) / columns)
    figure = Figure(figsize=(4.4 * columns, 2.5 * rows + 0.3), dpi=150, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    shown, over = band if x == "round" else None, _over(x, logs, of)
    for panel, place in zip(drawn, axes, strict=False):
        _panel(place, panel, logs, x, band=shown, over=over)
    for place in axes[len(drawn) :]:
        place.axis("off")
    _below(figure, list(logs), shown, names)
    return render(figure)


def _named(log: Lines | Mapping[str, Lines]) -> Mapping[str, Lines]:
    return log if isinstance(log, Mapping) else {"": log}


def _panel(axes: Axes, panel: Panel, logs: Mapping[str, Lines], x: str, *, band: Band | None, over: str) -> None:
    """One plot: colours are those of its lines, or of the runs where there are several."""
    several = len(logs) > 1
    own, of_runs = colours(list(panel.lines.values())), colours(list(logs))
    ends = []
    for (name, word), colour, stroke in zip(panel.lines.items(), own, cycle(_STROKES), strict=False):
        _behind(axes, name, band)
        for lines, colour_of_run in zip(logs.values(), of_runs, strict=True):
            look: tuple[str, Any] = (colour_of_run, stroke) if several else (colour, "solid")
            if (last := _curve(axes, name, lines, x, *look)) is not None:
                ends.append((last, word, colour))
    axes.set(title=panel.title, xlabel=over, ylabel=panel.unit)
    _scale(axes, x, max((line[x] for lines in logs.values() for line in lines), default=0.0))
    if several:
        _strokes(axes, panel)
    else:
        _label(axes, ends)


def _behind(axes: Axes, name: str, band: Band | None) -> None:
    """The band of one value."""
    if band is not None and name in band.low:
        axes.fill_between(band.places(), band.low[name], band.high[name], color="#000000", alpha=0.13, linewidth=0)


def _curve(axes: Axes, name: str, lines: Lines, x: str, colour: str, stroke: Any) -> float | None:
    """One value of one run; returns the last of its running mean, if there is one."""
    points = [(line[x], line[name]) for line in lines if name in line]
    if not points:
        return None  # a term of other runs
    places, values = np.asarray(points, dtype=np.float64).T
    _interval(axes, name, lines, x, colour)
    few = len(points) <= _FEW
    if not few:
        axes.plot(places, values, linewidth=0.5, alpha=max(0.15, min(0.5, 150 / len(points))), color=colour)
    mean = values if few else smooth(values, max(1, len(values) // 50))
    axes.plot(places, mean, color=colour, linestyle=stroke, marker="o" if few else "", markersize=3.5)
    known = mean[np.isfinite(mean)]
    return float(known[-1]) if len(known) else None


def _interval(axes: Axes, name: str, lines: Lines, x: str, colour: str) -> None:
    """The interval of each value, where it was logged."""
    low, high = (name + end for end in _ENDS)
    if points := [(line[x], line[low], line[high]) for line in lines if low in line and high in line]:
        axes.fill_between(*np.asarray(points, dtype=np.float64).T, color=colour, alpha=0.2, linewidth=0)


def smooth(values: np.ndarray[Any, Any], reach: int) -> np.ndarray[Any, Any]:
    """The mean of each value [n] and up to `reach` others on either side; what is not a number stays, and counts not.

    Example:
        >>> smooth(np.array([0.0, 3.0, 6.0, 0.0]), 1).tolist()
        [1.5, 3.0, 3.0, 3.0]
    """
    known = np.isfinite(values)
    sums, counts = (np.concatenate([[0.0], np.cumsum(part)]) for part in (np.where(known, values, 0.0), known))
    last = np.minimum(np.arange(len(values)) + reach + 1, len(values))
    first = np.maximum(np.arange(len(values)) - reach, 0)
    means = (sums[last] - sums[first]) / np.maximum(counts[last] - counts[first], 1)
    return np.where(known, means, np.nan)


def _scale(axes: Axes, x: str, last: float) -> None:
    """From the start of the run to its last line; few ticks; logarithmic where values are positive and far apart."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if _far_apart(axes):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5))
    reach = last if last > 0 else 1.0
    axes.set_xlim(-0.02 * reach, 1.02 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=x != "seconds"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def _far_apart(axes: Axes) -> bool:
    """Whether nearly all that is drawn is positive, and the largest of it many times the least."""
    drawn = np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.lines])
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn) or drawn.min() <= 0:
        return False
    least, most = np.quantile(drawn, (0.02, 0.98))
    return bool(most > _WIDE * least)


def _over(x: str, logs: Mapping[str, Lines], of: str) -> str:
    """What the curves are drawn over, in words: rounds are of so many examples if all are."""
    lines = [line for log in logs.values() for line in log if line.get("round") and "images" in line]
    each = {line["images"] / line["round"] for line in lines}
    sizes = f"rounds of {each.pop():,.10g} {of}" if len(each) == 1 else "rounds"
    return {"round": sizes, "images": f"{of} shown in training"}.get(x, x)


def _label(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """What each line is and ends at, on the right, in its colour; none over another."""
    low, high = axes.get_ylim()  # which settles them
    axes.set_ylim(low, high)
    places = [axes.transLimits.transform(axes.transScale.transform((1.0, value)))[1] for value, _, _ in ends]
    between, lines = ("\n", 2) if len(ends) <= 4 and any(word for _, word, _ in ends) else (" ", 1)
    for place, (value, word, colour) in zip(apart(places, _HIGH * lines, low=0.06), ends, strict=True):
        text = f"{word[:24]}{between}{f'{value:.3g}'.replace('-', chr(0x2212))}".strip()  # a minus sign
        axes.text(1.02, place, text, color=colour, transform=axes.transAxes, va="center", fontsize=9)


def apart(places: Sequence[float], gap: float, low: float = 0.0) -> list[float]:
    """Places in `low`..1, moved until each is `gap` from the next, or evenly spread where there is no room for that.

    Example:
        >>> apart([0.5, 0.5], 0.2), apart([1.0, 0.9, 0.0], 0.5)
        ([0.4, 0.6], [1.0, 0.5, 0.0])
    """
    order = np.argsort(places, kind="stable")
    gap = min(gap, (1 - low) / max(1, len(places) - 1))
    steps = gap * np.arange(len(places))
    flat = np.asarray(places)[order] - steps  # whose order must not fall
    level = _rising(flat).clip(low, 1 - steps[-1] if len(steps) else 1)
    found = np.empty(len(places))
    found[order] = level + steps
    return [round(float(place), 6) for place in found]


def _rising(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The nearest values that do not fall: neighbours that do are replaced by their mean (isotonic regression)."""
    groups: list[tuple[float, int]] = []
    for value in values.tolist():
        groups.append((value, 1))
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            (a, n), (b, m) = groups[-2:]
            groups[-2:] = [((a * n + b * m) / (n + m), n + m)]
    return np.array([mean for mean, count in groups for _ in range(count)])


def _strokes(axes: Axes, panel: Panel) -> None:
    """Which line of a panel is which, where colours are those of runs."""
    from matplotlib.lines import Line2D

    if len(panel.lines) > 1:
        strokes: list[Any] = [stroke for _, stroke in zip(panel.lines, cycle(_STROKES), strict=False)]
        keys = [Line2D([], [], color=INK, linestyle=stroke) for stroke in strokes]
        axes.legend(keys, list(panel.lines.values()), loc="upper left", bbox_to_anchor=(1.0, 1.05), handlelength=2.6)


def _below(figure: Figure, runs: Sequence[str], band: Band | None, names: Mapping[str, None]) -> None:
    """What colours and grey mean."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Any] = []
    words: list[str] = []
    if len(runs) > 1:
        keys, words = [Line2D([], [], color=colour) for colour in colours(runs)], list(runs)
    if band is not None and names.keys() & band.low.keys():
        keys.append(Patch(color="#000000", alpha=0.13, linewidth=0))
        words.append(f"nine in ten values of {band.runs} healthy runs of this recipe")
    if keys:
        across = max(1, int(13 * figure.get_figwidth() / (max(map(len, words)) + 6)))
        figure.legend(keys, words, loc="outside lower left", ncols=min(across, len(words)))
