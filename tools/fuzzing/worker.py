"""A child that opens case after case, says what came of each, and may die of one."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from fuzzing.guard import Guard, limit_memory, limit_time
from fuzzing.mutation import Touch
from fuzzing.reader import CACHE, GIVEN, Reader

__all__ = ["files_of", "work"]

_LONGEST = 2000
"""Letters of a message."""


def files_of(reader: Reader, seed: int, number: int) -> Mapping[str, bytes]:
    """The files of a case; number 0 is whole."""
    count = Touch()
    whole = reader.make(count)
    return whole if not number else reader.make(Touch(Random(f"{seed} {reader.name} {number}"), count.count))


def work(reader: Reader, seed: int, numbers: Sequence[int], folder: Path, said: int) -> None:
    """Opens cases in `folder`, and writes a line of JSON before and after each one."""
    guard, home = Guard(), folder / "case"
    for variable, place in {
        "SPARRING_CACHE": CACHE,
        "XDG_STATE_HOME": "state",
        "TMPDIR": "tmp",
        "HOME": "home",
    }.items():
        os.environ[variable] = str(home / place)
    tempfile.tempdir = str(home / "tmp")
    limit_memory()
    for number in numbers:
        _write(home, files_of(reader, seed, number))
        os.write(said, f'{{"start": {number}}}\n'.encode())
        limit_time()
        begun = time.process_time()
        with guard.watching(home, reader.may):
            trouble, outcome = _opened(reader, home)
        strange = sorted({entry.name for entry in folder.iterdir()} - {"case"})
        notes = [*guard.noted, *(f"left {name!r}" for name in strange)]
        found = {"end": number, "seconds": time.process_time() - begun, "outcome": outcome}
        found |= {"trouble": trouble or "; ".join(dict.fromkeys(notes))[:500]}
        os.write(said, json.dumps(found).encode() + b"\n")


def _write(home: Path, files: Mapping[str, bytes]) -> None:
    """Makes the folder of a case, as far as the system can have such names."""
    os.chdir("/")
    shutil.rmtree(home, ignore_errors=True)
    for name in (GIVEN, "tmp", "home"):
        (home / name).mkdir(parents=True)
    (home / GIVEN).rmdir()
    for name, content in files.items():
        file = Path(os.path.normpath(home / name.replace("\0", "0")))
        try:
            if file.is_relative_to(home):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        except UnicodeEncodeError:
            continue
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
    os.chdir(home)


def _opened(reader: Reader, home: Path) -> tuple[str, str]:
    """What is wrong with how a case ends, "" if nothing is, and how it ends."""
    try:
        reader.door(home)
    except BaseException as error:  # noqa: BLE001 - that is the question
        message = str(error)
        return _wrong(error, message), f"{type(error).__name__}: {message}"[:300]
    return "", "data"


def _wrong(error: BaseException, message: str) -> str:
    if any(isinstance(one, MemoryError) for one in _behind(error)):
        return f"over 512 MB at {_place(error)}"
    if not isinstance(error, ValueError | OSError):
        return f"{type(error).__name__} at {_place(error)}"
    own = _frames(error)[-1].filename.startswith(_SOURCE)
    if not own and not (isinstance(error, OSError) and error.errno and error.filename):
        return f"{type(error).__name__} without words of sparring at {_place(error)}"
    if not isinstance(error, OSError) and ("\n" in message or len(message) > _LONGEST or len(message.split()) < 4):
        return f"no line of words at {_place(error)}"
    return ""


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)


def _place(error: BaseException) -> str:
    """The last line of sparring, and the last of all."""
    frames = _frames(error)
    own = [frame for frame in frames if frame.filename.startswith(_SOURCE)] or frames
    places = dict.fromkeys(
        f"{'/'.join(frame.filename.rsplit('/', 2)[1:])}:{frame.lineno}" for frame in (own[-1], frames[-1])
    )
    return ", ".join(places)


def _source() -> str:
    import sparring

    return f"{Path(sparring.__file__).parent}{os.sep}"


_SOURCE = _source()
