"""The picture of a data set, to look at before training on it."""

from __future__ import annotations

import warnings

import torch
from PIL import Image

from sparring.data.listing import shown
from sparring.data.report import Report
from sparring.data.source import InMemory
from sparring.kinds import drawing

__all__ = ["sheet"]


def sheet(data: InMemory, report: Report) -> Image.Image:
    """The set in one picture: examples as they would be trained on, and the balance of the classes."""
    from matplotlib.figure import Figure

    n = min(max(100, data.kind.shown), len(data))
    examples = data.examples(torch.linspace(0, len(data) - 1, n).long())
    panels = 1 + bool(report.classes)
    figure = Figure(figsize=(7 * panels, 7.4), dpi=100, layout="constrained", facecolor="white")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    axes[0].set_title(f"{n} of {report.count:,} examples, {' x '.join(map(str, report.shape))}")
    axes[0].imshow(data.kind.show({"examples": examples}), cmap="gray", vmin=0, vmax=255)
    axes[0].axis("off")
    if report.classes:
        shown_classes = list(report.classes.items())[:40]
        places = range(len(shown_classes))
        axes[1].barh(places, [count for _, count in shown_classes])
        # No names are formulas, and a sign that the font lacks is a box, not a warning.
        axes[1].set_yticks(places, [shown(name)[:30] for name, _ in shown_classes], parse_math=False)
        axes[1].invert_yaxis()
        axes[1].set_title(f"examples a class ({len(report.classes)} classes)")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        return drawing.render(figure)
