"""Variants of the same work timed against each other in one process, so that what else the machine does hits all alike.

Blocks of rounds, 50 milliseconds or one round, follow one another in random order: a sweep is one block of each
variant. A figure is the median over sweeps of the ratio of two blocks, with a 95% interval of that median from the
order statistics. Processor time decides; time by the clock is kept beside it.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from scipy.stats import binom

LEAST, BLOCK = 8, 0.05  # sweeps, seconds

Play = Callable[[], object]
"""Plays one round."""
Blocks = list[tuple[float, float]]
"""For each block, seconds a round: of the processor, and by the clock."""


def clocks(play: Play, rounds: int) -> tuple[float, float]:
    """Seconds a round: of the processor, and by the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(rounds):
        play()
    return (time.process_time() - cpu) / rounds, (time.perf_counter() - wall) / rounds


def sweeps(plays: Mapping[str, Play], seconds: float) -> tuple[dict[str, Blocks], int]:
    """Times of blocks, and the rounds of a block, the same for all."""
    for play in plays.values():
        clocks(play, 2)  # the first rounds make buffers and moments
    rounds = max(1, round(BLOCK / clocks(next(iter(plays.values())), 3)[1]))
    times: dict[str, Blocks] = {name: [] for name in plays}
    end, order = time.perf_counter() + seconds, random.Random(0)
    while time.perf_counter() < end or min(map(len, times.values())) < LEAST:
        for name in order.sample(list(plays), len(plays)):
            times[name].append(clocks(plays[name], rounds))
    return times, rounds


def middle(ratios: Sequence[float]) -> dict[str, Any]:
    """The median, and the order statistics that cover it at 95% or more; there must be 6 ratios or more."""
    ordered, k = sorted(ratios), int(binom.ppf(0.025, len(ratios), 0.5))
    median, low, high = (round(value, 3) for value in (statistics.median(ordered), ordered[k - 1], ordered[-k]))
    return {"median": median, "interval": [low, high]}


def compare(plays: Mapping[str, Play], seconds: float, targets: Mapping[str, float] | None = None) -> dict[str, Any]:
    """How many times as fast as the first of `plays` each of the others is, and whether it reaches its target."""
    times, rounds = sweeps(plays, seconds)
    first, *others = times
    cpu, wall = (round(1000 * statistics.median(clock), 3) for clock in zip(*times[first], strict=True))
    return {
        "milliseconds a round": {"of": first, "processor": cpu, "clock": wall},
        "sweeps": len(times[first]),
        "rounds a block": rounds,
        "times as fast": {name: _figure(times[first], times[name], (targets or {}).get(name)) for name in others},
    }


def _figure(first: Blocks, other: Blocks, target: float | None) -> dict[str, Any]:
    pairs = list(zip(first, other, strict=True))
    cpu, wall = (middle([a[clock] / b[clock] for a, b in pairs]) for clock in (0, 1))
    aim = {} if target is None else {"target": target, "met": cpu["median"] >= target}
    return {"processor": cpu, "clock": wall, **aim}


def summary(record: Mapping[str, Any]) -> list[str]:
    """A line for what was measured against, and one for each that was compared with it."""
    base = record["milliseconds a round"]
    return [f"{base['of']}: {base['processor']} ms a round, {record['sweeps']} sweeps"] + [
        f"{name}: {figure['processor']['median']} {figure['processor']['interval']}"
        + (f", target {figure['target']}" if "target" in figure else "")
        for name, figure in record["times as fast"].items()
    ]


def circumstances(command: str) -> dict[str, Any]:
    """What a figure depends on besides the code."""
    return {
        "command": command,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": processor(),
        "load before": round(os.getloadavg()[0], 2),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
