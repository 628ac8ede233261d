"""Playing a session with progress on the console: what demo, train and resume share."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from rich.console import Console

from sparring.cli.progress import progress
from sparring.hooks import TimeLimit
from sparring.run import Session

__all__ = ["estimate", "play", "seconds"]

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> float:
    """The seconds of `90`, `90s`, `10m`, `1.5h`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not match or not float(match[1]):
        raise ValueError(f"--time is {text!r}; expected something like 90s, 10m or 1.5h")
    return float(match[1]) * _UNITS[match[2]]


def play(session: Session, time: str | None, again: str, console: Console) -> bool:
    """Plays a session to its end and says where everything is.

    Args:
        session: What to play.
        time: A limit such as `10m`.
        again: The command that continues the run.
        console: Where to print.

    Returns:
        Whether nobody interrupted.
    """
    limit = [TimeLimit(seconds(time))] if time else []
    state, path = session.trainer.state, session.run.path
    where = f" from round {state.round}" if state.round else ""
    console.print(
        f"Training {session.run.recipe}{where} on {session.run.config.device}. "
        f"Ctrl-C saves and stops; preview: {path / 'preview.png'}"
    )

    def interrupted() -> None:
        console.print("Stopping: finishing this round and saving (Ctrl-C again stops at once) ...")

    finished = session.play([progress(session.log, console), *limit], on_interrupt=interrupted)
    if finished:
        console.print(f"Played to round {session.trainer.state.round}. In {path}: " + ", ".join(listing(session)))
    if not session.complete:
        console.print(
            f"Saved at round {session.trainer.state.round} of {session.trainer.rounds}. Continue with: {again}"
        )
    return finished


def listing(session: Session) -> Sequence[str]:
    """The files a person looks at."""
    names = ("real_and_generated.png", "samples.png", "curves.png", "timelapse.gif")
    return [name for name in names if (session.run.path / name).exists()]


def estimate(session: Session, console: Console) -> int:
    """Says what would be trained, on what, in how much memory and time, after playing a few rounds of it."""
    import time

    trainer, config = session.trainer, session.run.config
    trainer.hooks = [session.average]
    left = trainer.rounds - trainer.state.round
    trainer.play(3)
    start, rounds = time.perf_counter(), 5
    trainer.play(rounds)
    minutes = (time.perf_counter() - start) / rounds * left / 60
    console.print(f"{session.run.recipe} on {config.device}, {config.threads} threads")
    for name, player in trainer.game.players().items():
        count = sum(p.numel() for module in player.controls for p in module.parameters())
        console.print(f"  {name}: {count:,} parameters")
    console.print(f"  data: {session.run.data['count']:,} examples of shape {session.run.data['shape']}")
    console.print(
        f"  {left:,} rounds of {config.batch}: about {minutes:.1f} minutes, {memory(config.device):.1f} GiB of memory"
    )
    console.print("Nothing was written.")
    return 0


def memory(device: str) -> float:
    """The most memory in use so far, in GiB: of the GPU, or of this process."""
    import resource

    import torch

    if torch.device(device).type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**30
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
