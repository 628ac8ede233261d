"""Draws docs/images/oracle.png: how a temperature games the NLL under an oracle, with the phases of SeqGAN.

Usage: python tools/draw_oracle.py      (a minute or two; after `python benchmarks/records/oracle.py`)

The line is the network of seed 0 after maximum likelihood, sampled at one temperature after another. It is trained
again here. The points are those of the record.
"""

from __future__ import annotations

from pathlib import Path

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sparring.evaluation.record import Record
from sparring.kinds.tokens import distinct
from sparring.looks.colours import SERIES
from sparring.looks.plots import INK, QUIET, plotted, render
from sparring.networks.recurrent import RecurrentSampler
from sparring.recipes.text.seqgan import Config, build, lstm, open_data

ROOT = Path(__file__).parents[1]
OUT, RECORD = ROOT / "docs" / "images" / "oracle.png", ROOT / "benchmarks" / "records" / "oracle.json"
TEMPERATURES, SAMPLES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3), 10_000
SHOWN = {
    "first": ("maximum likelihood", "o"),
    "second": ("then REINFORCE", "s"),
    "longer": ("longer maximum likelihood", "^"),
    "constant": ("then a constant reward", "v"),
}


def cooled(config: Config) -> list[tuple[float, float, float]]:
    """NLL under the oracle, NLL of fresh sequences and distinct-2 at each temperature."""
    trainer = build(config, open_data(config))
    trainer.play(trainer.phases[0].rounds)
    sampler, fresh = trainer.game.sampler(), lstm().sample(SAMPLES, seed=2)
    assert isinstance(sampler, RecurrentSampler)
    found = []
    for temperature in TEMPERATURES:
        cold = sampler.tempered(temperature)
        x = cold.sample(SAMPLES, seed=1)
        nats = (-lstm().log_likelihood(x).mean().item(), -cold.log_likelihood(fresh).double().mean().item())
        found.append((*nats, distinct(x, 2)))
        print(f"temperature {temperature}: oracle {nats[0]:.2f}, fresh {nats[1]:.2f}, distinct-2 {found[-1][2]:.3f}")
    return found


def draw(axes: Axes, record: Record, line: list[tuple[float, float, float]]) -> None:
    x, y, _ = zip(*line, strict=True)
    axes.plot(x, y, ".-", color=INK, linewidth=1.0, label="maximum likelihood, cooled")
    for place in (0, 3, len(line) - 1):
        axes.annotate(f"{TEMPERATURES[place]:g}", (x[place], y[place]), (6, 4), textcoords="offset points", color=INK)
    for (phase, (label, mark)), colour in zip(SHOWN.items(), SERIES, strict=False):
        runs = [(run[phase]["oracle"], run[phase]["test"]) for run in record.details["runs"]]
        axes.plot(*zip(*runs, strict=True), mark, color=colour, markersize=5, alpha=0.8, label=label)
    floor = next(figure.value for figure in record.controls if "floor" in figure.what)
    axes.axvline(floor, color=QUIET, linestyle=(0, (4, 2)), linewidth=1.2, label="the oracle's entropy")
    axes.set(xlabel="NLL of samples under the oracle, nats", ylabel="NLL of fresh sequences, nats")


@plotted
def main() -> None:
    record = Record.read(RECORD)
    torch.set_num_threads(1)
    figure = Figure(figsize=(7.6, 3.6), dpi=110, layout="constrained")
    axes = figure.subplots()
    draw(axes, record, cooled(Config(**{**record.details["config"], "seed": record.seeds[0]})))
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main()
