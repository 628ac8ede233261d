"""The picture of a data set, to look at before training on it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from PIL import Image

from sparring.data.listing import shown
from sparring.data.report import Report
from sparring.data.source import InMemory
from sparring.kinds import drawing
from sparring.looks.colours import COLOURS
from sparring.looks.plots import captioned, plotted, render

__all__ = ["sheet"]

CLASSES = 40
"""So many are drawn."""


def sheet(data: InMemory, report: Report) -> Image.Image:
    """The set in one picture: examples as they would be trained on, and the balance of the classes."""
    n = min(max(100, data.kind.shown), len(data))
    examples = data.examples(torch.linspace(0, len(data) - 1, n).long())
    few = f"{n:,} of {report.count:,}" if n < report.count else f"All {n:,}"
    each = f", each {' x '.join(map(str, report.shape))}" if len(report.shape) > 1 else ""
    title, picture = f"{few} {data.kind.name}{each}", data.kind.show({"real": examples})
    if not report.classes:
        return captioned(picture, title)
    most = f", the first {CLASSES} of them" if len(report.classes) > CLASSES else ""
    balance = f"Examples of each of {len(report.classes)} classes{most}"
    return drawing.beside({title: picture, balance: _balance(report.classes)})


@plotted
def _balance(classes: Mapping[str, int]) -> Image.Image:
    """A bar for each of the first classes, with its number of examples."""
    from matplotlib.figure import Figure

    names, counts = zip(*list(classes.items())[:CLASSES], strict=True)
    figure = Figure(figsize=(5, 0.6 + 0.28 * len(names)), dpi=100, layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(range(len(names)), counts, height=0.75, color=COLOURS["real"].light, alpha=0.6)
    axes.bar_label(bars, [f"{count:,}" for count in counts], padding=4, fontsize=9)
    axes.set_yticks(range(len(names)), [shown(name)[:30] for name in names])
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    axes.set_ylim(len(names) - 0.5, -0.5)
    return render(figure)
