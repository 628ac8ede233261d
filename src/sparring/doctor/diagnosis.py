"""A diagnosis: what is wrong with an environment, each with its fix."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sparring.doctor.environment import PROBES, Facts, requirements, version

__all__ = ["CHECKS", "Problem", "examine"]

LEAST_SPACE = 10**9
"""Bytes that should be free: a run of pictures with its checkpoints takes some hundred million."""


@dataclass(frozen=True)
class Problem:
    """Something wrong, and what to do about it."""

    what: str
    fix: str


def examine() -> tuple[dict[str, Facts], list[Problem]]:
    """The facts of every probe by its name, and all problems. Never raises; a probe that fails is a problem."""
    facts: dict[str, Facts] = {}
    problems: list[Problem] = []
    for name, probe in PROBES.items():
        facts[name] = {}
        try:
            facts[name] = probe()
            problems += CHECKS[name](facts[name]) if name in CHECKS else ()
        except Exception as error:  # noqa: BLE001  # a broken environment may raise anything, which is what we look for
            what = f"{name}: {type(error).__name__}: {' '.join(str(error).split())}"
            problems.append(Problem(what, _FIXES.get(name, _REINSTALL)))
    return facts, problems


_REINSTALL = "install sparring again: pip install --force-reinstall sparring"
_TORCH = "install torch again, as https://pytorch.org/get-started says for this machine"
_FIXES = {"devices": _TORCH, "arithmetic": _TORCH, "processor": _TORCH}


def packages(found: Facts) -> Iterator[Problem]:
    """Packages that are missing or too old."""
    for name, least in requirements().items():
        has = found.get(name)
        if has is None:
            yield Problem(f"{name} is not installed", f'pip install "{name}>={least}"')
        elif _numbers(has) < _numbers(least):
            yield Problem(f"{name} is {has}; sparring needs {least} or newer", f'pip install -U "{name}>={least}"')


def _numbers(release: str) -> list[int]:
    """`2.10.1+cpu` as [2, 10, 1]: enough to compare releases."""
    return [int(number) for number in re.findall(r"\d+", release.partition("+")[0])]


def torchvision(found: Facts) -> Iterator[Problem]:
    """A torchvision that was made for another torch, which fails when it is imported."""
    has = version("torch")
    if found["torch"] and has and _numbers(found["torch"]) != _numbers(has):
        yield Problem(
            f"torchvision {found['version']} was made for torch {found['torch']}, not {has}",
            "pip install -U torch torchvision, or pip uninstall torchvision: sparring does not need it",
        )


def devices(found: Facts) -> Iterator[Problem]:
    """A GPU that torch does not see."""
    if not found["nvidia-smi"] or found["auto"] == "cuda":
        return
    if found["build"] is None:
        what = f"there is {found['nvidia-smi']}, so probably a GPU, but this torch is built for the CPU only"
        yield Problem(what, "install a torch for CUDA, as https://pytorch.org/get-started says")
    else:
        what = f"there is {found['nvidia-smi']}, but torch for CUDA {found['build']} finds no GPU"
        yield Problem(what, "run nvidia-smi. A newer driver may help, or `unset CUDA_VISIBLE_DEVICES`")


def arithmetic(found: Facts) -> Iterator[Problem]:
    """Wrong results of the device."""
    pairs = zip(found["got"], found["expected"], strict=True)
    if not all(math.isclose(got, expected, rel_tol=1e-2) for got, expected in pairs):  # TF32 has ten bits
        what = f"{found['device']} computes {found['got']}; expected {found['expected']}"
        yield Problem(what, f"{_TORCH}, or train with --device cpu")


def processor(found: Facts) -> Iterator[Problem]:
    """More threads than cores, which wait for each other."""
    asked, cores = found["OMP_NUM_THREADS"] or "", found["cores"]
    if asked.isdecimal() and int(asked) > cores:
        what = f"OMP_NUM_THREADS is {asked}, but this process may use {cores} cores: threads would wait for each other"
        yield Problem(what, f"export OMP_NUM_THREADS={cores}, or unset it")


def folders(found: Facts) -> Iterator[Problem]:
    """Folders that are full or cannot be written."""
    for name, folder in found.items():
        other = "set SPARRING_CACHE to another folder" if name == "cache" else "work elsewhere, or give another --out"
        if folder["path"] is None:
            yield Problem(f"the {name} has no place: {folder['trouble'].partition(':')[0]}", other)
            continue
        if folder["trouble"]:
            what = f"the {name} {folder['path']!r} cannot be written ({folder['trouble']})"
            yield Problem(what, f"make it writable, or {other}")
        if folder["free"] < LEAST_SPACE:
            what = f"the {name} {folder['path']!r} has only {folder['free'] / 10**6:,.0f} MB of free space"
            prune = "" if name == "cache" else ", with `sparring runs prune` for example,"
            yield Problem(what, f"make space{prune} or {other}")


def system(found: Facts) -> Iterator[Problem]:
    """Encodings that not every name fits in, and a clock that is wrong."""
    if any(codecs.lookup(found[kind]).name != "utf-8" for kind in ("text", "files")):
        what = f"text is {found['text']} and file names are {found['files']}, not UTF-8: some names cannot be read"
        yield Problem(what, "export PYTHONUTF8=1, or LC_ALL=C.UTF-8")
    if found["time"] < "2024":
        what = f"the clock says {found['time']}: certificates seem invalid and runs seem old"
        yield Problem(what, "set the clock")


CHECKS: Mapping[str, Callable[[Facts], Iterator[Problem]]] = {
    "packages": packages,
    "torchvision": torchvision,
    "devices": devices,
    "arithmetic": arithmetic,
    "processor": processor,
    "folders": folders,
    "system": system,
}
