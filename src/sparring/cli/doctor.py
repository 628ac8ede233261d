"""`sparring doctor`: what sparring finds on this machine, what is wrong and how to mend it.

Only the standard library is imported here, so that this verb works where others cannot.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from sparring.cli.table import amount
from sparring.doctor.diagnosis import Problem, examine
from sparring.doctor.environment import Facts
from sparring.machine.words import printable

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Check this machine: what sparring finds, what is wrong and how to fix it. Exit code 1: something is wrong."""

    json: bool = False
    """Print JSON."""


def main(words: list[str]) -> int:
    """Examines and prints."""
    parser = argparse.ArgumentParser(prog="sparring doctor", description=Options.__doc__, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="Print JSON.")
    options = Options(**vars(parser.parse_args(words)))
    facts, problems = examine()
    if options.json:
        print(json.dumps({"facts": facts, "problems": [asdict(problem) for problem in problems]}, indent=2))
    else:
        print(printable("\n".join(text(facts, problems))))
    return int(bool(problems))


def text(facts: Mapping[str, Facts], problems: Sequence[Problem]) -> Iterator[str]:
    """The facts a line or more each, then the problems."""
    for name, found in facts.items():
        lines = _LINES.get(name, _plain)(found) if found else ["not known, see below"]
        yield from (f"{'' if i else name:11}  {line}" for i, line in enumerate(lines))
    yield ""
    for problem in problems:
        yield from _wrapped(f"WRONG  {problem.what}")
        yield from _wrapped(f"  fix  {problem.fix}")
    if not problems:
        yield "Nothing is wrong."


def _wrapped(line: str, indent: int = 7, width: int = 80) -> list[str]:
    """A line in the width of a terminal; no word, for it may be a path, is broken."""
    return textwrap.wrap(line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def _plain(found: Facts) -> list[str]:
    """Names and values, each pair on one line."""
    pairs = (f"{name} {_word(value)}".replace(" ", "\0") for name, value in found.items())
    return [line.replace("\0", " ") for line in _wrapped(", ".join(pairs), 0, 67)]


def _word(value: object) -> str:
    return "none" if value is None else ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _extras(found: Facts) -> Iterator[str]:
    for extra, packages in found.items():
        if missing := [name for name, version in packages.items() if version is None]:
            yield f'{extra}: lacks {", ".join(missing)}: pip install "sparring[{extra}]"'
        else:
            yield from _wrapped(
                f"{extra}: " + ", ".join(f"{name} {version}" for name, version in packages.items()), 2, 67
            )


def _devices(found: Facts) -> Iterator[str]:
    build = f"CUDA or ROCm {found['build']}" if found["build"] else "the CPU only"
    yield f"auto uses {found['auto']}; devices: {', '.join(found['all'])}; torch is built for {build}"
    yield f"bf16 {_word(found['bf16'])}, nvidia-smi {_word(found['nvidia-smi'])}"
    for gpu in found["gpus"]:
        yield f"{gpu['name']}: {_memory(gpu)}"


def _memory(found: Facts) -> str:
    free = "" if found["free"] is None else f", {amount(found['free'])} of it free"
    return amount(found["total"]) + free


def _folders(found: Facts) -> Iterator[str]:
    for name, folder in found.items():
        if folder["path"] is None:
            yield f"{name}: has no place"
            continue
        state = f"cannot be written ({folder['trouble']})" if folder["trouble"] else "can be written"
        yield f"{name}: {amount(folder['free'])} free, {state}: {folder['path']}"


_LINES: Mapping[str, Callable[[Facts], Iterable[str]]] = {
    "extras": _extras,
    "devices": _devices,
    "memory": lambda found: [_memory(found)],
    "folders": _folders,
}
