"""`sparring resume RUN`: a run goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.options import parsed
from sparring.machine.words import command, counted, shown

if TYPE_CHECKING:
    from sparring.runs.run import Run
    from sparring.runs.session import Session

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Continue a run, bit for bit as if it had not stopped."""

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    rounds: int | None = None
    """Last round to play. The learning-rate schedule stretches to it, so rates that have fallen rise again."""
    time: str | None = None
    """Stop after this time: 90s, 10m or 1.5h. A finished run gets as many more rounds as fit."""
    keep_rates: bool = False
    """Play added rounds at the last learning rates."""
    data: str | None = None
    """New path of the data, if they have moved. They are checked, and the run keeps the path."""
    device: str | None = None
    """Another device. The run continues, but not bit for bit."""
    threads: int | None = None
    """Another number of CPU threads. The run continues, but not bit for bit."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""
    dry_run: bool = False
    """Print what would be trained, with memory and time. Write nothing."""
    track: tuple[Literal["tensorboard", "wandb"], ...] = ()
    """Also write to TensorBoard or, offline, to Weights & Biases. Those already in use continue without this option."""
    json: bool = False
    """Print only progress, as lines of JSON."""
    break_lock: bool = False
    """Use a run that a process on another machine has locked. Only if that process has ended."""


def main(words: list[str]) -> int:
    """Resumes."""
    options = parsed(Options, words, "resume", pairs=True)
    from sparring.cli.play import complete, estimate, patient, play, seconds
    from sparring.ranks import leads
    from sparring.runs import lock
    from sparring.runs.budget import fitting
    from sparring.runs.run import Run

    named: list[str | Path] = ["--recipe", options.recipe] if options.recipe else []
    limit, again = seconds(options.time), command("resume", options.run, *named)
    if leads() and not options.dry_run:
        lock.check(options.run, break_lock=options.break_lock)
    session, before = opened(options), Run.open(options.run, options.recipe).rounds
    if session.complete and limit and options.rounds is None:
        session = opened(options, before + fitting(limit, session.seconds_each()))
    console = patient(options)
    if options.keep_rates and session.run.rounds <= before:
        raise ValueError(f"--keep-rates is for added rounds: also give --rounds above {before:,}, or --time")
    if session.run.rounds != before:
        console.print(stretched(before, session.run))
    if options.dry_run:
        return estimate(session, console)
    if session.complete and session.drawn:
        if leads():
            session.repair(break_lock=options.break_lock)
        at = session.trainer.state.round
        more = f"{again} --rounds {2 * at}, or --time 10m. --keep-rates keeps the last learning rates"
        console.print(f"{shown(options.run)} is complete at round {at}. To add rounds: {more}")
        complete(session, options, console)
        return 0
    return 0 if play(session, limit, again, console, options) else 130


def opened(options: Options, rounds: int | None = None) -> Session:
    """The run, to be played to a round."""
    from sparring.runs.session import Session

    return Session.resume(
        options.run,
        rounds=options.rounds or rounds,
        keep_rates=options.keep_rates,
        device=options.device,
        threads=options.threads,
        recipe=options.recipe,
        data=options.data,
    )


def stretched(before: int, run: Run) -> str:
    """What another number of rounds does to the schedules."""
    if run.extra:
        added = run.rounds - before
        return f"{counted(added, 'round')} {'is' if added == 1 else 'are'} added, at the last learning rates."
    risen = ". Learning rates that have fallen rise again. To keep the last ones: --keep-rates"
    return f"Schedules are stretched from {before:,} to {run.rounds:,} rounds{risen if run.rounds > before else ''}."
