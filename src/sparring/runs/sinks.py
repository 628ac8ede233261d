"""Sinks: other programs' logs, which a run is also written to. One that fails costs a warning, and never a run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sparring.machine.plain import describe
from sparring.runs.news import Line, Listener
from sparring.runs.run import Run

__all__ = ["SINKS", "TensorBoard", "WeightsAndBiases", "begun", "opened"]


class TensorBoard(Listener):
    """TensorBoard's event files, in the folder `tensorboard` of the run: `tensorboard --logdir RUN`."""

    name = "TensorBoard"

    def __init__(self, run: Run) -> None:
        self.folder = run.path / "tensorboard"

    def begin(self, round: int) -> None:
        """Opens a file; what an earlier one has of rounds that are played again is not shown any more."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer: Any = SummaryWriter(str(self.folder), purge_step=round + 1)

    def costs(self, line: Line) -> None:
        """Scalars."""
        for name, value in _numbers(line).items():
            self._writer.add_scalar(name, value, line["round"])

    def scores(self, line: Line) -> None:
        """Scalars."""
        self.costs(_scores(line))

    def preview(self, round: int, file: Path) -> None:
        """An image."""
        import numpy as np
        from PIL import Image

        with Image.open(file) as image:
            self._writer.add_image("preview", np.asarray(image.convert("RGB")), round, dataformats="HWC")

    def saved(self, round: int) -> None:
        """Writes what waits to be written."""
        self._writer.flush()

    def end(self, why: str) -> None:
        """Closes the file."""
        self._writer.close()


class WeightsAndBiases(Listener):
    """Weights & Biases, offline, in the folder `wandb` of the run; `wandb sync RUN/wandb/offline-*` sends it."""

    name = "Weights & Biases"

    def __init__(self, run: Run) -> None:
        self.run, self.folder = run, run.path / "wandb"

    def begin(self, round: int) -> None:
        """Begins, or goes on under the same id; nothing is asked and nothing is sent."""
        import wandb

        with _same_environment():
            self._run: Any = wandb.init(
                project="sparring",
                name=self.run.path.name,
                id=self._known(),
                resume="allow",
                mode="offline",
                dir=str(self.run.path),
                config={"recipe": self.run.recipe, **describe(self.run.config)},
                settings=wandb.Settings(console="off", silent=True, disable_git=True, save_code=False),
            )
        self._picture = wandb.Image
        self._run.define_metric("*", step_metric="round")  # a round that is played again takes its own place

    def _known(self) -> str | None:
        """The id of the run, which its folders have at the end of their names."""
        return next((path.name.rpartition("-")[2] for path in sorted(self.folder.glob("offline-run-*-*"))), None)

    def costs(self, line: Line) -> None:
        """Scalars."""
        self._run.log({"round": line["round"], **_numbers(line)})

    def scores(self, line: Line) -> None:
        """Scalars."""
        self.costs(_scores(line))

    def preview(self, round: int, file: Path) -> None:
        """An image."""
        self._run.log({"round": round, "preview": self._picture(str(file))})

    def end(self, why: str) -> None:
        """Finishes."""
        with _same_environment():
            self._run.finish(exit_code=int(why == "failed"))


SINKS = {"tensorboard": TensorBoard, "wandb": WeightsAndBiases}
"""By the name of the package, which is also that of the extra and of the folder in a run."""


def opened(names: Sequence[str], run: Run) -> list[Listener]:
    """The sinks of those names, and those that the run was written to before.

    Raises:
        ValueError: The package of a named one is not installed.
    """
    for name in names:
        found = find_spec(name)
        if found is None or found.origin is None:  # a folder of that name in the current one is no package
            raise ValueError(f'--track {name}: {name} is not installed: pip install "sparring[{name}]"')
    return [sink(run) for name, sink in SINKS.items() if name in names or name in begun(run.path)]


def begun(path: Path) -> list[str]:
    """The sinks that a run has a folder of."""
    return [name for name in SINKS if (path / name).is_dir()]


def _numbers(line: Line) -> Mapping[str, float]:
    return {name: value for name, value in line.items() if name != "round"}


def _scores(line: Line) -> Line:
    """A line of scores without what stands in the log too."""
    return {name: value for name, value in line.items() if name != "images"}


@contextmanager
def _same_environment() -> Iterator[None]:
    """Leaves the variables of the environment as they are."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
