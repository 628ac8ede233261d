"""The files of a run: their names, their format, and how each is written, checked and read.

config.json holds its own SHA-256, and so does each model (`models.py`); each line of a log has its own CRC-32; a
checkpoint has a manifest (`checkpoint.py`), a copy of config.json, and the number of lines of the logs. So every file
is replaced in one step and says itself whether it is whole: no crash can leave one beside the check of another.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sparring.machine.files import naming, synchronise, write_atomically
from sparring.machine.plain import read_json
from sparring.machine.words import command
from sparring.runs import checkpoint
from sparring.runs.lock import LOCK

__all__ = [
    "CHECKPOINTS", "CONFIG", "CURVES", "DATA", "END", "EVALUATION", "FORMAT", "LEFTOVER", "LOG", "MODEL", "PREVIEW",
    "SAMPLES", "SCORES", "Lines", "Reading", "about", "fingerprint", "last_picture", "make_sure_vacant",
    "read_config", "read_history", "read_lines", "read_log", "write_config",
]  # fmt: skip

FORMAT = 3
"""Of the files of a run; sparring 0.1.0 wrote none, and 2 knew no budgets."""

CONFIG, LOG, SCORES, EVALUATION = "config.json", "log.jsonl", "scores.jsonl", "evaluation.json"
CHECKPOINTS, MODEL, SAMPLES = "checkpoints", "model", "samples"
PREVIEW, DATA = "preview.png", "data.png"

END = "real_and_generated.png"
"""The picture that is drawn last: with it, a run has all."""

CURVES = "curves.png"

LEFTOVER = ".*.tmp"
"""What an interrupted write leaves."""


def make_sure_vacant(run: Path) -> None:
    """Makes sure that a new run can be there: nothing is, or what one leaves that was killed before it had begun.

    Raises:
        FileExistsError: There is something.
    """
    if run.is_dir():
        vacant = all(file.match(LEFTOVER) or file.name == LOCK for file in run.iterdir())
    else:
        vacant = not run.exists()
    if not vacant:
        again, what = "choose", "exists and is not a run"
        if (run / CONFIG).exists():
            again, what = f"continue it with `{command('resume', run)}`, or choose", "exists"
            if not (run / CHECKPOINTS).exists():
                away = command("runs", "remove", run)
                again, what = f"remove it with `{away}`, or choose", "stopped before its first checkpoint"
        raise FileExistsError(f"{str(run)!r} {what}: {again} another --out")


def last_picture(run: Path) -> Path:
    """The picture that is drawn last: of a game without a sampler, which has no model, its curves."""
    return run / (END if (run / MODEL).exists() else CURVES)


def fingerprint(run: Path) -> bytes | None:
    """What is in config.json, to which every session adds a line; None without one."""
    file = run / CONFIG
    return file.read_bytes() if file.is_file() else None


_PARTS = {"recipe": str, "config": dict, "data": dict}
"""Of every config.json."""


def about(run: Path) -> dict[str, Any]:
    """The content of config.json, of whatever recipe and format, and whether it is whole or not.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is not that of a run.
    """
    file = run / CONFIG
    if not run.exists():
        raise FileNotFoundError(f"there is no run {str(run)!r}: check the name, or see `sparring runs list`")
    if not file.is_file():
        raise FileNotFoundError(f"{str(run)!r} is not a run: it has no {CONFIG}{_copy(run, ': ')}")
    try:
        content = read_json(file.read_bytes())
    except ValueError as error:
        why = f"its {CONFIG} is damaged ({error}){_copy(run, ': ')}"
        raise ValueError(f"{str(run)!r} is not a run: {why}") from error
    if not isinstance(content, dict) or any(not isinstance(content.get(part), kind) for part, kind in _PARTS.items()):
        raise ValueError(f"{str(run)!r} is not a run: its {CONFIG} was not written by sparring")
    return content


def read_config(run: Path) -> dict[str, Any]:
    """The content of config.json, as it was written.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is damaged, changed, of another version, or not of a run.
    """
    content, file = about(run), str(run / CONFIG)
    number = content.get("format")
    if number is None and "sha256" not in content:
        raise ValueError(f"{str(run)!r} is from an older version, sparring 0.1.0: use that version, or train again")
    if isinstance(number, int) and number != FORMAT:
        wanted = "a newer version" if number > FORMAT else "the version that wrote it, or train again"
        raise ValueError(f"{file!r} has format {number} and this version of sparring reads {FORMAT}: use {wanted}")
    if content.pop("sha256", None) != _seal(content):
        raise ValueError(
            f"{file!r} was changed or damaged since it was written (its SHA-256 differs): "
            f"undo the change{_copy(run, ', or ')}. For other --rounds, --device and --threads, use `sparring resume`. "
            "Other values need a new run"
        )
    return content


def write_config(run: Path, content: Mapping[str, Any]) -> None:
    """Writes config.json, with the format and its SHA-256."""
    content = {**content, "format": FORMAT}
    write_atomically(run / CONFIG, json.dumps({**content, "sha256": _seal(content)}, indent=2).encode())


def _seal(content: Mapping[str, Any]) -> str:
    """The SHA-256 of what is said, however it is spaced."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _copy(run: Path, before: str) -> str:
    """Where a copy of config.json is, for messages; "" if there is none."""
    newest = [path / CONFIG for path in checkpoint.found(run / CHECKPOINTS)[-1:] if (path / CONFIG).is_file()]
    return f"{before}put back the copy that is in {str(newest[0])!r}" if newest else ""


@dataclass(frozen=True)
class Reading:
    """What was read from a log.

    Attributes:
        lines: The values of each whole line.
        texts: These lines as they stand.
        damaged: The numbers of the others, from 1. A last line that a crash cut short is none of them.
    """

    lines: list[dict[str, float]]
    texts: list[bytes]
    damaged: list[int]

    @property
    def damage(self) -> str:
        """What is wrong, in words; "" if nothing is."""
        if not self.damaged:
            return ""
        few = ", ".join(map(str, self.damaged[:5])) + (" ..." if len(self.damaged) > 5 else "")
        return f"line {few} is damaged and left out" if len(self.damaged) == 1 else f"lines {few} are damaged, left out"


_LINE = re.compile(rb'(\{.*), "crc32": "([0-9a-f]{8})"\}')


def read_lines(file: Path) -> Reading:
    """The lines of a log; none if there is no log."""
    found = Reading([], [], [])
    *texts, last = file.read_bytes().split(b"\n") if file.exists() else [b""]
    for number, text in enumerate([*texts, last], 1):
        match = _LINE.fullmatch(text)
        whole = match and zlib.crc32(match[1] + b"}") == int(match[2], 16)
        if match and whole and (values := _numbers(match[1] + b"}")):
            found.lines.append(values)
            found.texts.append(text)
        elif number <= len(texts):
            found.damaged.append(number)
    return found


def _numbers(text: bytes) -> dict[str, float]:
    """What a line of a log holds, numbers and among them that of its round; nothing if it holds something else."""
    try:
        values = read_json(text)
    except ValueError:
        return {}
    kinds = {type(value) for value in values.values()} if isinstance(values, dict) else {None}
    small = kinds <= {int, float} and not any(abs(value) >= _GREATEST for value in values.values())
    return values if small and isinstance(values.get("round"), int) else {}


_GREATEST = 2**63
"""Of the numbers in a log, which may be NaN."""


def read_log(file: Path) -> list[dict[str, float]]:
    """The whole lines of a log, with a warning where others were left out; none if there is no log."""
    found = read_lines(file)
    if found.damage:
        warnings.warn(f"{str(file)!r}: {found.damage}", stacklevel=2)
    return found.lines


def read_history(run: Path) -> list[dict[str, float]]:
    """The lines of a run's log, and then those of its scores, which have other names."""
    return read_log(run / LOG) + read_log(run / SCORES)


class Lines:
    """A log that grows: a file of lines of JSON, each with its CRC-32.

    Attributes:
        count: How many lines there are.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def begin(self, last: int, expected: int = 0) -> list[dict[str, float]]:
        """Drops lines beyond round `last` and damaged ones; returns the others.

        A warning names what is damaged, and what is missing where `expected` lines were known to be there.
        """
        found = read_lines(self.path)
        kept = [i for i, line in enumerate(found.lines) if line["round"] <= last]
        write_atomically(self.path, b"".join(found.texts[i] + b"\n" for i in kept))
        self.count = len(kept)
        missing = expected - self.count - len(found.damaged)
        lost = [f"{missing} of {expected} lines are missing"] if missing > 0 else []
        if words := "; ".join([*filter(None, [found.damage]), *lost]):
            warnings.warn(f"{str(self.path)!r}: {words}. Training continues: it does not need them", stacklevel=2)
        return [found.lines[i] for i in kept]

    def append(self, values: Mapping[str, float]) -> None:
        """Writes one more line."""
        text = json.dumps(values).encode()
        with naming(self.path), self.path.open("ab") as file:
            file.write(b'%s, "crc32": "%08x"}\n' % (text[:-1], zlib.crc32(text)))
        self.count += 1

    def synchronise(self) -> None:
        """Waits until all lines are on the disk."""
        synchronise(self.path)
