"""Draws docs/images/series.png: windows of the weather, real and generated, and the autocorrelations of both.

Usage: python tools/draw_series.py      (seconds; from benchmarks/records/series.json and `seattle-weather`)

The generated windows are the first of seed 0, as they came. The real ones are later than all that were trained on, and
drawn at random. Autocorrelations are of all seeds.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from sparring import open_data
from sparring.chance import Key
from sparring.kinds.series import Series, autocorrelation
from sparring.looks.plots import colours, plotted, render

ROOT = Path(__file__).parents[1]
RECORD, OUT = ROOT / "benchmarks" / "records" / "series.json", ROOT / "docs" / "images" / "series.png"
NAME = "seattle-weather"


@plotted
def main() -> None:
    runs = json.loads(RECORD.read_text(encoding="utf-8"))["details"]["runs"][NAME]
    lags, generated = [np.array(run["of lags"]) for run in runs], np.array(runs[0]["windows"])
    data = open_data(NAME)
    assert isinstance(data.kind, Series)
    assert data.fresh is not None
    later = data.fresh().examples()
    chosen = Key(0, ("drawn",)).permutation("windows", len(later))[: len(generated)]
    sets = {"real, later": data.kind.array(later[chosen]), "generated": generated}
    known = autocorrelation(later, len(lags[0])).numpy()
    names, shades, steps = data.kind.columns, colours(list(sets)), range(1, len(known) + 1)
    figure = Figure(figsize=(10.5, 0.6 + 1.5 * len(names)), dpi=100, layout="constrained")
    panels = figure.subplots(len(names), 3, sharex="col")
    for down, (row, column) in enumerate(zip(panels, names, strict=True)):
        for axes, values, shade in zip(row, sets.values(), shades, strict=False):
            for place, line in enumerate(values[..., down]):
                axes.plot(line, color=shade, alpha=0.35 if place else 1, linewidth=1 if place else 1.6)
        row[1].sharey(row[0])
        row[0].set_ylabel(column.name)
        for found, shade in [(known, shades[0]), *((found, shades[1]) for found in lags)]:
            row[2].plot(steps, found[:, down], color=shade)
    for axes, title in zip(panels[0], (*sets, "autocorrelation"), strict=True):
        axes.set_title(title)
    for axes, words in zip(panels[-1], ("day", "day", "days apart"), strict=True):
        axes.set_xlabel(words)
    render(figure).quantize(64).save(OUT, optimize=True)


if __name__ == "__main__":
    main()
