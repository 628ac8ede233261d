"""Draws docs/images/series.png: real and generated windows of a run of `rgan`, and the autocorrelations of both.

Usage: python tools/draw_series.py [RUN]
       (seconds; after `sparring train rgan --data seattle-weather --out runs/weather`)

The real windows are later ones, which the run was not trained on. Both are the first of a draw, as they came.
"""

from __future__ import annotations

import sys
from pathlib import Path

from matplotlib.figure import Figure

from sparring.chance import Key
from sparring.cli.held_out import all_held_out
from sparring.kinds.series import Series, autocorrelation
from sparring.looks.plots import colours, plotted, render
from sparring.runs.run import Run

OUT, SHOWN, LAGS = Path(__file__).parents[1] / "docs" / "images" / "series.png", 5, 12


@plotted
def main(path: str = "runs/weather") -> None:
    run = Run.open(Path(path))
    kind, later = run.spec.kind, all_held_out(run, None).examples()
    assert isinstance(kind, Series)
    real = later[Key(0, ("shown",)).permutation("windows", len(later))]
    sets = {"real, later": real, "generated": kind.clean(run.sampler().sample(1000, seed=0))}
    columns, shades = kind.columns, colours(list(sets))
    figure = Figure(figsize=(10.5, 0.6 + 1.5 * len(columns)), dpi=100, layout="constrained")
    panels = figure.subplots(len(columns), 3, squeeze=False, sharex="col")
    for across, ((name, x), shade) in enumerate(zip(sets.items(), shades, strict=True)):
        values, found = kind.array(x[:SHOWN]), autocorrelation(x, LAGS)
        for down, row in enumerate(panels):
            for place, line in enumerate(values[..., down]):
                row[across].plot(line, color=shade, alpha=0.35 if place else 1, linewidth=1.6 - 0.6 * bool(place))
            row[2].plot(range(1, LAGS + 1), found[:, down], color=shade, marker="o", markersize=3, label=name)
        panels[0][across].set_title(name)
        panels[-1][across].set_xlabel("step")
    for row, column in zip(panels, columns, strict=True):
        row[1].sharey(row[0])
        row[0].set_ylabel(column.name)
        row[2].set_ylim(-0.25, 1)
    panels[0][2].set_title("autocorrelation")
    panels[0][2].legend()
    panels[-1][2].set_xlabel("steps apart")
    render(figure).quantize(64).save(OUT, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
