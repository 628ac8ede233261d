"""Devices: which to use, with how many threads, at what precision."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

from sparring.machine import quota

if TYPE_CHECKING:
    import torch

__all__ = ["autocast", "cores", "patient", "resolve", "round_to_zero", "threads"]

MOST = 64
"""Threads that may be asked for on any machine; more need as many cores."""


def resolve(name: str) -> str:
    """The device `name`, `auto` being the first GPU if there is one, else the CPU.

    Raises:
        ValueError: There is no such device here.
    """
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(f"--device {name} is not available here: use --device cpu or --device auto") from error
    return name


def cores() -> int:
    """The number of cores this process may use: its share of them, if `torchrun` started several.

    That are those which the system lets it run on, or fewer if its container has a quota of processor time.
    """
    there = min(_allowed(), quota.cores() or math.inf)
    return max(1, math.ceil(there) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def _allowed() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def threads(count: int) -> int:
    """`count`, or for 0 what OMP_NUM_THREADS says, or else the number of cores.

    Raises:
        ValueError: That are so many that no machine like this one has use for them, or less than one.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()  # "4,2" is for nested loops
    by_environment = int(asked) if asked.isdecimal() and not count else 0
    wanted, most = count or by_environment or cores(), max(MOST, os.cpu_count() or 1)
    if not 1 <= wanted <= most:
        name, right = ("OMP_NUM_THREADS", "export OMP_NUM_THREADS=") if by_environment else ("--threads", "--threads ")
        raise ValueError(f"{name} is {wanted}; expected 1 to {most}. This machine has use for: {right}{cores()}")
    return wanted


def patient() -> None:
    """Lets threads that wait for others sleep, and has as many as a quota is worth: in torch, unless it is imported.

    They spin otherwise. Where other programs want the same cores, that can cost nearly all the speed. GNU's OpenMP can
    spin for a moment first, 10,000 times instead of 300,000: most waits are shorter, and sleep and waking cost more.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    if cores() < _allowed():
        os.environ.setdefault("OMP_NUM_THREADS", str(cores()))


def round_to_zero() -> None:
    """Makes numbers too small for full precision 0 in this thread, on CPUs, and in the threads that it starts.

    CPUs are many times slower with them, and momentum leaves them behind for good where a gradient has become 0: a
    number below 1e-38 times .7 is rounded up again.
    """
    import numpy as np
    import torch

    for dtype in (np.float32, np.float64):
        np.finfo(dtype)  # NumPy looks once, and would warn
    torch.set_flush_denormal(True)


def autocast(device: str) -> torch.dtype | None:
    """bfloat16 for matrix products where the hardware has it, else None."""
    import torch

    fast = torch.device(device).type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if fast else None
