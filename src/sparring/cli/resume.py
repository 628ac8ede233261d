"""`sparring resume RUN`: a run goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

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
    """Play to this round. Learning rates that have fallen rise again, and fall over all rounds."""
    time: str | None = None
    """Stop after this long: 90s, 10m, 1.5h. A finished run gets as many more rounds as there is time for."""
    keep_rates: bool = False
    """Play the rounds that are added at the last learning rates."""
    data: str | None = None
    """Where the data are now, if they have moved. They are checked, and the run remembers."""
    device: str | None = None
    """Another device; the run then goes on, but not bit for bit."""
    threads: int | None = None
    """Another number of CPU threads; the same holds."""
    recipe: Path | None = None
    """For a run of a recipe of your own that is not on your list: its file, ./FILE.py, which is then run."""
    dry_run: bool = False
    """Say what would be trained, in how much memory and time; write nothing."""
    track: tuple[Literal["tensorboard", "wandb"], ...] = ()
    """Write to TensorBoard or, offline, to Weights & Biases too. Those that the run was written to go on anyway."""
    json: bool = False
    """Print progress as lines of JSON, and nothing else."""
    break_lock: bool = False
    """Take the run from a process of another machine that has ended without saying so."""


def main(words: list[str]) -> int:
    """Resumes."""
    options = tyro.cli(Options, args=words, prog="sparring resume")
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
        raise ValueError(f"--keep-rates is for rounds that are added: give --rounds beyond {before:,}, or --time")
    if session.run.rounds != before:
        console.print(stretched(before, session.run))
    if options.dry_run:
        return estimate(session, console)
    if session.complete and session.drawn:
        if leads():
            session.repair(break_lock=options.break_lock)
        at = session.trainer.state.round
        more = f"{again} --rounds {2 * at}, or --time 10m; with --keep-rates learning rates stay as they are"
        console.print(f"{shown(options.run)} is complete at round {at}. More: {more}")
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
    risen = "; learning rates that have fallen rise again. To go on at the last ones: --keep-rates"
    return f"Schedules stretch from {before:,} to {run.rounds:,} rounds{risen if run.rounds > before else ''}."
