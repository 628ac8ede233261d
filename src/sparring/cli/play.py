"""Playing a session with progress on the console: what demo, train and resume share."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from rich.console import Console

from sparring import ranks
from sparring.cli.progress import Events, progress
from sparring.hooks import Hook
from sparring.machine.console import text_console
from sparring.machine.words import counted, shown
from sparring.runs.budget import Budget
from sparring.runs.news import Listener, News
from sparring.runs.session import Session
from sparring.runs.sinks import opened

__all__ = ["complete", "estimate", "patient", "play", "seconds"]

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def seconds(text: str | None) -> float | None:
    """The seconds of `90`, `90s`, `10m`, `1.5h`; None of None."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not match or not float(match[1]):
        raise ValueError(f"--time is {text!r}; expected something like 90s, 10m or 1.5h")
    return float(match[1]) * _UNITS[match[2]]


class Output(Protocol):
    """Options that train, resume and demo have in common."""

    @property
    def json(self) -> bool:
        """Lines of JSON and nothing else."""
        ...

    @property
    def dry_run(self) -> bool:
        """An estimate."""
        ...

    @property
    def track(self) -> tuple[str, ...]:
        """Other programs' logs to write to."""
        ...

    @property
    def break_lock(self) -> bool:
        """As in `Session.play`."""
        ...


def patient(options: Output) -> Console:
    """A console for training, which goes on when nobody reads any more; of several ranks the first one speaks.

    Raises:
        ValueError: With these options there would be nothing to print.
    """
    if options.json and options.dry_run:
        raise ValueError("--json prints the progress of training, and --dry-run does not train: leave out one of them")
    return text_console(patient=True, quiet=options.json or not ranks.leads())


def play(session: Session, limit: float | None, again: str, console: Console, options: Output) -> bool:
    """Plays a session to its end and says where everything is.

    Args:
        session: What to play.
        limit: Stop after so many seconds.
        again: The command that continues the run.
        console: Where to print.
        options: Who else is told, and whether to break a lock.

    Returns:
        Whether nobody interrupted.
    """
    news = News(session, told(session, options, console))
    budget = session.budget or (None if limit is None else Budget(limit))
    console.print(opening(session))
    console.print(f"Ctrl-C saves and stops; preview: {shown(session.run.path / 'preview.png')}")

    def interrupted() -> None:
        console.print("Stopping: finishing this round and saving (Ctrl-C again stops at once) ...")

    def planned() -> None:
        console.print(f"There is time for {session.trainer.rounds:,} rounds.")

    hooks: list[Hook] = [progress(session, console, budget.seconds if budget else None), news]
    hooks += [budget] if budget and not session.budget else []
    why = "failed"
    try:
        finished = session.play(hooks, on_interrupt=interrupted, on_plan=planned, break_lock=options.break_lock)
        why = "done" if session.complete else "time" if finished else "stopped"
    finally:
        news.close(why)
    if finished:
        there = f"In {shown(session.run.path)}: " + ", ".join(listing(session))
        console.print(f"Played to round {session.trainer.state.round}. {there}")
    if not session.complete:
        console.print(ending(session, again, out=budget is not None and budget.out))
    return finished


def told(session: Session, options: Output, console: Console) -> list[Listener]:
    """Who is told what happens: programs that read our output, and those that `--track` names."""
    if not ranks.leads():
        return []
    events: list[Listener] = [Events(session, console.file)] if options.json else []
    return events + opened(options.track, session.run)


def complete(session: Session, options: Output, console: Console) -> None:
    """Tells a program that reads our output that there is nothing left to play."""
    if options.json:
        Events(session, console.file).end("done")


def opening(session: Session) -> str:
    """What is going to be played."""
    trainer, run = session.trainer, session.run
    begun = trainer.state.round
    where = f" from round {begun:,} of {trainer.rounds:,}" if begun else ""
    rounds = counted(trainer.rounds - begun, "round")
    if session.budget:
        plan = f"as many rounds as there is time for, about {trainer.rounds - begun:,}"
    else:
        plan = f"{rounds}{' left' if begun else ''}{_about(session)}"
    return f"Training {run.recipe}{where} on {run.config.device}: {plan}."


def ending(session: Session, again: str, *, out: bool) -> str:
    """Why play has ended before the last round, and how to go on."""
    done, rounds = session.trainer.state.round, session.trainer.rounds
    why = "Time is up: saved" if out else "Saved"
    verb = "is" if rounds - done == 1 else "are"
    left = f"{counted(rounds - done, 'round')} {verb} left{_about(session)}"
    return f"{why} at round {done:,} of {rounds:,}; {left}. Continue with: {again}"


def _about(session: Session) -> str:
    """How long the rest takes, where it is known."""
    left = session.seconds_left()
    return "" if left is None else f", about {timedelta(seconds=round(left))}"


def listing(session: Session) -> Sequence[str]:
    """The files a person looks at."""
    names = ("real_and_generated.png", "samples.png", "curves.png", "timelapse.gif")
    return [name for name in names if (session.run.path / name).exists()]


def estimate(session: Session, console: Console) -> int:
    """Says what would be trained, on what, in how much memory and time, after playing a few rounds of it."""
    import time

    trainer, config = session.trainer, session.run.config
    trainer.hooks = [hook for hook in trainer.hooks if hook not in session.writers]
    left = trainer.rounds - trainer.state.round
    trainer.play(2)
    start, begun = time.perf_counter(), trainer.state.round
    trainer.play(6)
    trainer.state_dict()  # waits for the device
    played = trainer.state.round - begun
    each = (time.perf_counter() - start) / played if played else 0.0
    console.print(f"{session.run.recipe} on {config.device}, {config.threads} threads")
    for name, player in trainer.game.players().items():
        count = sum(p.numel() for p in player.parameters())
        console.print(f"  {name}: {count:,} parameters")
    console.print(f"  data: {session.run.data['count']:,} examples of shape {session.run.data['shape']}")
    took = f"about {each * left / 60:.1f} minutes" if played else "less than a second"
    console.print(f"  {left:,} rounds of {config.batch}: {took}{memory(config.device)}")
    console.print("Nothing was written.")
    return 0


def memory(device: str) -> str:
    """The most memory in use so far, of the GPU or of this process, as far as the system tells."""
    import torch

    if torch.device(device).type == "cuda":
        return f", {torch.cuda.max_memory_allocated(device) / 2**30:.1f} GiB of its memory"
    if sys.platform != "linux":
        return ""
    import resource

    return f", {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB of memory"
