"""The environment: what sparring finds on this machine, as plain facts, each found out by itself.

Nothing outside the standard library is imported before a probe needs it, so that a broken environment can be looked at.
"""

from __future__ import annotations

import importlib
import locale
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["PROBES", "Facts", "requirements", "version"]

Facts = Mapping[str, Any]
"""Names and values that JSON has."""


def requirements(extra: str | None = None) -> dict[str, str]:
    """What the installed sparring requires, or one of its extras: the oldest version by name, "" for any."""
    found: dict[str, str] = {}
    for line in _declared():
        need, _, marker = line.partition(";")
        of = re.search(r"extra\s*==\s*[\"']([\w.-]+)", marker)
        match = re.match(r"([\w.-]+)(?:.*>=\s*([\d.]+))?", need)
        if match and match[1] != "sparring" and (of[1] if of else None) == extra:
            found[match[1]] = match[2] or ""
    return found


def _declared() -> list[str]:
    """What is required, extras included, as pip reads it; nothing where sparring runs from a folder, not installed."""
    try:
        return metadata.requires("sparring") or []
    except metadata.PackageNotFoundError:
        return []


def version(package: str) -> str | None:
    """The version of a package; None if it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def packages() -> Facts:
    """Versions of sparring, of Python and of the packages that sparring requires; None for missing ones."""
    found = {"sparring": version("sparring"), "python": platform.python_version()}
    return {**found, **{name: version(name) for name in requirements()}}


def extras() -> Facts:
    """For each extra of sparring the versions of its packages, None for missing ones."""
    names = dict.fromkeys(re.findall(r"extra\s*==\s*[\"']([\w.-]+)", "\n".join(_declared())))
    return {extra: {name: version(name) for name in requirements(extra)} for extra in names}


def system() -> Facts:
    """The system, its encoding of text and files, and its time."""
    encodings = {"text": locale.getpreferredencoding(False), "files": sys.getfilesystemencoding()}
    return {"platform": platform.platform(), **encodings, "time": time.strftime("%Y-%m-%d %H:%M")}


def processor() -> Facts:
    """Cores that this process may use, and how many threads torch and the environment would take."""
    import torch

    from sparring.machine import devices

    asked = os.environ.get("OMP_NUM_THREADS")
    return {"cores": devices.cores(), "threads": torch.get_num_threads(), "OMP_NUM_THREADS": asked}


def memory() -> Facts:
    """Bytes of memory, in all and free, as far as the system tells; in a container, no more than that may have."""
    from sparring.machine import quota

    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        kib = dict(re.findall(r"(\w+):\s+(\d+) kB", meminfo.read_text(encoding="ascii")))
        total, free = int(kib["MemTotal"]) * 1024, int(kib["MemAvailable"]) * 1024
        limit, left = quota.memory() or (total, free)
        return {"total": min(total, limit), "free": min(free, left)}
    return {"total": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "free": None}


def hardware() -> Facts:
    """The device that `auto` takes, all there are, and what torch was built for."""
    import torch

    from sparring.machine import devices

    gpus = range(torch.cuda.device_count())
    auto = devices.resolve("auto")
    return {
        "auto": auto,
        "all": ["cpu", *(f"cuda:{i}" for i in gpus), *(["mps"] if torch.backends.mps.is_available() else [])],
        "gpus": [_gpu(i) for i in gpus],
        "bf16": devices.autocast(auto) is not None,
        "build": torch.version.cuda or torch.version.hip,
        "nvidia-smi": shutil.which("nvidia-smi"),
    }


def _gpu(index: int) -> Facts:
    import torch

    free, total = torch.cuda.mem_get_info(index)
    return {"name": torch.cuda.get_device_name(index), "total": total, "free": free}


def arithmetic() -> Facts:
    """Whether the device that `auto` takes computes a matrix product and a second derivative right.

    With four rows of ones and s the sum of x = (1, 2, 3, 4), the sum of (rows x)^3 is 4 s^3. Each element of its
    gradient is 12 s^2, and of the gradient of the gradient's sum 96 s.
    """
    import torch

    from sparring.machine import devices

    device = devices.resolve("auto")
    x = torch.arange(1.0, 5.0, device=device, requires_grad=True)
    value = (torch.ones(4, 4, device=device) @ x).pow(3).sum()
    (first,) = torch.autograd.grad(value, x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    got = [value.item(), first[0].item(), second[0].item()]
    return {"device": device, "got": got, "expected": [4 * 10.0**3, 12 * 10.0**2, 96 * 10.0]}


def folders() -> Facts:
    """The working folder, that of runs and the cache: bytes free, and what keeps them from being written."""
    from sparring.data import cache

    found = {"working folder": _folder(Path.cwd()), "runs": _folder(Path("runs").absolute())}
    try:
        return {**found, "cache": _folder(cache.home())}
    except OSError as error:
        return {**found, "cache": {"path": None, "free": None, "trouble": str(error)}}


def _folder(path: Path) -> Facts:
    there = next(place for place in (path, *path.parents) if os.access(place, os.F_OK))
    try:
        with tempfile.TemporaryFile(dir=there):
            trouble = None
    except OSError as error:
        trouble = error.strerror
    return {"path": str(path), "free": shutil.disk_usage(there).free, "trouble": trouble}


def clients() -> Facts:
    """Where the programs are that `sparring data get` fetches with; None for missing ones."""
    return {name: shutil.which(name) for name in ("npm", "pip", "apt-get")}


def formats() -> Facts:
    """Which formats of pictures Pillow was built with."""
    features = importlib.import_module("PIL.features")
    return {name: bool(features.check(key)) for name, key in (("JPEG", "jpg"), ("WEBP", "webp"), ("AVIF", "avif"))}


def torchvision() -> Facts:
    """The version of torchvision, if there is one, and the version of torch that it was made for."""
    found = version("torchvision")
    lines = metadata.requires("torchvision") or [] if found else []
    pins = (re.match(r"torch\s*\(?==\s*([\d.]+)", line) for line in lines)
    return {"version": found, "torch": next((pin[1] for pin in pins if pin), None)}


PROBES: dict[str, Callable[[], Facts]] = {
    "packages": packages,
    "extras": extras,
    "torchvision": torchvision,
    "devices": hardware,
    "arithmetic": arithmetic,
    "processor": processor,
    "memory": memory,
    "folders": folders,
    "clients": clients,
    "formats": formats,
    "system": system,
}
