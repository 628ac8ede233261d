"""Where the data of a run are: moved, changed, or others altogether, and what to do then."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparring.machine.files import explained
from sparring.runs import files

if TYPE_CHECKING:
    from sparring.data.streams import Data
    from sparring.recipes import Config

__all__ = ["apart", "check", "gone", "placed"]


def placed(config: Any, data: str) -> Config:
    """The configuration of a run whose data are at `data` now.

    Raises:
        ValueError: Its recipe reads no data from a place.
    """
    if "data" not in {field.name for field in dataclasses.fields(config)}:
        raise ValueError(f"--data is {data!r}, but this run reads no data from a path: leave out --data")
    there: Config = dataclasses.replace(config, data=data)
    return there


def apart(run: Path, out: Path) -> None:
    """Makes sure that single samples do not join the data that a run was trained on.

    Raises:
        ValueError: They would.
    """
    place = files.read_config(run)["config"].get("data")
    data, target = Path(str(place)).resolve(), out.resolve()
    if place and data.is_dir() and target.is_relative_to(data) and not target.is_relative_to(run.resolve()):
        raise ValueError(
            f"--out {str(out)!r} is inside {str(data)!r}, the data of {str(run)!r}. Samples there would be taken "
            "for data: choose another --out"
        )


def gone(run: Path, error: Exception) -> FileNotFoundError:
    """What to say where the data of a run were and nothing can be read."""
    there, new = f"the data of {str(run)!r}", "give their new path: --data PATH"
    cause = explained(error) if isinstance(error, OSError) else str(error)
    short = cause.rpartition(": ")[0]  # without its own advice
    cause = short if short and short.count("(") == short.count(")") else cause
    return FileNotFoundError(f"{there} are not where they were ({cause}). Put them back, or {new}")


def check(run: Path, recipe: str, place: str, known: dict[str, Any], data: Data) -> None:
    """Makes sure that data are those that a run began with.

    Args:
        run: The directory of the run.
        recipe: Its recipe.
        place: Where the data are; "" if they are at no place of their own.
        known: What config.json says of those it began with.
        data: Those that are there now.

    Raises:
        ValueError: They are others; the message says what differs.
    """
    if data.digest() == known["sha256"]:
        return
    then = f"{known['count']:,} examples of shape {known['shape']}"
    now = f"{len(data):,} of shape {list(data.spec.shape)}"
    alike = (known["count"], known["shape"]) == (len(data), list(data.spec.shape))
    again = [
        "sparring",
        "train",
        f"./{recipe}" if recipe.endswith(".py") else recipe,
        *(["--data", place] if place else []),
        "--from",
        str(run),
    ]
    raise ValueError(
        f"the data of {str(run)!r} have changed since it began ({then} then, {now} now"
        f"{', but not the same ones' * alike}). Put the old data back, or give their new path: --data PATH. Or train "
        f"on these in a new run: {shlex.join(again)}"
    )
