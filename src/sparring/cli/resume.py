"""`sparring resume RUN`: a run goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Continue a run, bit for bit as if it had not stopped."""

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    rounds: int | None = None
    """Play to this round instead of the first one given. Falling learning rates stretch, so they rise again."""
    time: str | None = None
    """Stop after this long: 90s, 10m, 1.5h."""
    device: str | None = None
    """Another device; the run then goes on, but not bit for bit."""
    threads: int | None = None
    """Another number of CPU threads; the same holds."""
    dry_run: bool = False
    """Say what would be trained, in how much memory and time; write nothing."""
    break_lock: bool = False
    """Take the run from a process of another machine that has ended without saying so."""


def main(words: list[str]) -> int:
    """Resumes."""
    options = tyro.cli(Options, args=words, prog="sparring resume")
    from sparring.cli.play import estimate, patient, play, program, seconds
    from sparring.ranks import leads
    from sparring.runs import lock
    from sparring.runs.session import Session

    limit, again = seconds(options.time), f"{program()} resume {options.run}"
    if leads() and not options.dry_run:
        lock.check(options.run, break_lock=options.break_lock)
    session = Session.resume(options.run, rounds=options.rounds, device=options.device, threads=options.threads)
    console = patient()
    if options.dry_run:
        return estimate(session, console)
    if session.complete and session.drawn:
        if leads():
            session.repair(break_lock=options.break_lock)
        at = session.trainer.state.round
        console.print(f"{options.run} is complete at round {at}. More: {again} --rounds {2 * at}")
        return 0
    return 0 if play(session, limit, again, console, break_lock=options.break_lock) else 130
