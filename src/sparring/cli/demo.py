"""`sparring demo`: a conditional GAN on the pictures that ship with sparring, two minutes on two CPU cores."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.table import Table

from sparring.cli.options import parsed
from sparring.cli.saving import saving
from sparring.machine.files import write_atomically
from sparring.machine.words import command, shown

if TYPE_CHECKING:
    from sparring.runs.run import Run
    from sparring.runs.session import Session

__all__ = ["Options", "main"]

RECIPE = "cgan"
"""What the demo trains."""


@dataclass(frozen=True)
class Options:
    """Train a conditional GAN on 9,500 small pictures of clothes. They ship with sparring: no download.

    Ctrl-C saves and stops. The same command continues.
    """

    out: Path = Path("runs/demo")
    """Directory of the run."""
    rounds: int | None = None
    """Rounds to play. Unset: as many as take about two minutes on two CPU cores."""
    time: str | None = None
    """Training time: 90s, 10m or 1.5h. It sets the number of rounds."""
    batch: int | None = None
    """Examples in a batch (32)."""
    seed: int | None = None
    """Random seed (0)."""
    device: str = "auto"
    """Device: auto, cpu, cuda, cuda:1 or mps."""
    threads: int = 0
    """CPU threads; 0 uses OMP_NUM_THREADS, or all cores."""
    dry_run: bool = False
    """Print what would be trained, with memory and time. Write nothing."""
    track: tuple[Literal["tensorboard", "wandb"], ...] = ()
    """Also write to TensorBoard or, offline, to Weights & Biases, in folders of the run. resume continues them."""
    json: bool = False
    """Print only progress, as lines of JSON."""
    break_lock: bool = False
    """Use a run that a process on another machine has locked. Only if that process has ended."""


def main(words: list[str]) -> int:
    """Trains, measures, and says what to try next."""
    options = parsed(Options, words, "demo", pairs=True)
    from sparring.cli.play import complete, estimate, patient, play, seconds
    from sparring.recipes.images.cgan import DEMO
    from sparring.runs import lock
    from sparring.runs.run import Run
    from sparring.runs.session import Session

    console = patient(options)
    config = replace(DEMO, device=options.device, threads=options.threads, **given(options))
    if options.dry_run:
        return estimate(Session.prepare(options.out, RECIPE, config), console)
    limit = seconds(options.time)
    lock.check(options.out, break_lock=options.break_lock)
    if (options.out / "config.json").exists():
        run = same(Run.open(options.out), options)
        session = Session.resume(options.out, rounds=None if options.rounds == run.config.rounds else options.rounds)
    else:
        planned = limit if options.rounds is None else None
        session = Session.create(options.out, RECIPE, config, time=planned)
    if session.complete and session.drawn:
        session.repair(break_lock=options.break_lock)
        complete(session, options, console)
    elif not play(session, limit, "the same command", console, options):
        return 130
    if session.complete and not options.json:
        report(session, console)
    return 0


def given(options: Options) -> dict[str, Any]:
    """The options that decide what is trained, where they were given."""
    values = {"rounds": options.rounds, "batch": options.batch, "seed": options.seed}
    return {name: value for name, value in values.items() if value is not None}


def same(run: Run, options: Options) -> Run:
    """The run, if these options could have begun it."""
    from sparring.recipes.images.cgan import DEMO

    data = getattr(run.config, "data", None)
    if (run.recipe, data) == ("dcgan", DEMO.data):
        again = command("resume", run.path)
        raise ValueError(
            f"{str(run.path)!r} is a run of dcgan, such as older demos made: continue it with {again}, or choose "
            "another --out"
        )
    if (run.recipe, data) != (RECIPE, DEMO.data):
        raise ValueError(f"{str(run.path)!r} is not a run of the demo: choose another --out")
    for name, wanted in given(options).items():
        begun = getattr(run.config, name)
        if name != "rounds" and wanted != begun:
            raise ValueError(f"{str(run.path)!r} was started with --{name} {begun}, not {wanted}: choose another --out")
    return run


def report(session: Session, console: Console) -> None:
    """What was measured, where the pictures are, and three commands to try next."""
    from sparring.cli import evaluate
    from sparring.data.embedded import fashion_mnist
    from sparring.kinds import drawing
    from sparring.metrics.nearest import nearest_pair
    from sparring.runs.files import read_log

    path = session.run.path
    last = (read_log(session.log.path) or [{"seconds": math.nan, "images": math.nan}])[-1]
    real = drawing.from_bytes(fashion_mnist("held_out").x)
    generated = session.average.sampler.settled().sample(len(real), seed=1)
    measured = {
        "training time, seconds": round(last["seconds"]),
        "images a second": round(last["images"] / last["seconds"]),
        f"distance to the nearest other of {len(real)} generated pictures": round(nearest_pair(generated), 2),
        f"the same for {len(real)} real pictures, held out": round(nearest_pair(real), 2),
    }
    table = Table("measured", "value", title=f"{shown(path)}: {session.trainer.state.round} rounds")
    for name, value in measured.items():
        table.add_row(name, f"{value:,}")
    with saving(lambda: console.print(table)):
        write_atomically(path / "measured.json", json.dumps(measured, indent=2).encode())
    console.print(table)
    console.print("If the first distance is much smaller than the second, the generated pictures repeat themselves.\n")
    evaluate.main([str(path)])
    pictures = [shown(path / name) for name in ("real_and_generated.png", "curves.png", "timelapse.gif")]
    console.print(f"Look at {pictures[0]}, {pictures[1]} and {pictures[2]}")
    console.print("\nTry next:")
    console.print(f"  {command('sample', path)} --class bag -n 100 --seed 7 --out bags.png")
    console.print(f"  {command('resume', path)} --rounds {2 * session.trainer.rounds}")
    console.print(f"  {command()} train --data FOLDER_OF_YOUR_PICTURES --time 10m")
