"""Scores of runs as they are on disk, and which of them may be compared. Needs no torch, and measures nothing.

`sparring evaluate RUN` writes evaluation.json, training with `--hold-out` writes scores.jsonl. Of a file that cannot be
read, nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sparring import recipes
from sparring.machine.plain import read_json
from sparring.machine.words import rounded
from sparring.runs import files

__all__ = ["HELD_OUT", "LABELS", "Found", "course", "evaluated", "model", "newest", "unlike", "unlike_facts"]

HELD_OUT = "held out/"
"""How the names of scores in a log begin."""

LABELS = "use of labels"
"""The name of the fact that no other way to measure makes alike."""


@dataclass(frozen=True)
class Found:
    """A score.

    Attributes:
        figure: What was measured.
        value: The number.
        low: The lower end of its interval; None where no interval is known.
        high: The upper end.
        facts: All that decides whether it may be compared with another one, by name.
        better: Which way is better, lower or higher; "" where nobody wrote it down.
    """

    figure: str
    value: float
    low: float | None
    high: float | None
    facts: Mapping[str, Any]
    better: str = ""

    @property
    def interval(self) -> str:
        """The value and its interval."""
        ends = "" if self.low is None or self.high is None else f" ({rounded(self.low)} to {rounded(self.high)})"
        return f"{rounded(self.value)}{ends}"

    def __str__(self) -> str:
        return f"{self.figure.removesuffix(' distance')} {self.interval}"


def newest(run: Path) -> Found | None:
    """The first figure of an evaluation of the run as it is now, or else the last score of its training."""
    return next(iter(evaluated(run)), None) or course(run)


def evaluated(run: Path) -> list[Found]:
    """The figures that `sparring evaluate` saved; none if they are of an older model."""
    try:
        content = read_json((run / files.EVALUATION).read_bytes())
        found = [_figure(entry["score"]) for entry in content["scores"]]
        weights = str(found[0].facts["weights"]) if found else ""
        older = "model" in content and content["model"] != model(run, weights)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []
    return [] if older else found


def _figure(score: Mapping[str, Any]) -> Found:
    extractor = score["extractor"]
    facts = {
        "features": " ".join(str(extractor[name]) for name in ("name", "weights", "resize")),
        "size": tuple(score.get("size", ())),
        "number of samples": (int(score["generated"]), int(score["real"])),
        "real examples": str(score["data"]).rpartition(", ")[2],
        "weights": str(score["weights"]),
        LABELS: str(score.get("labels", "none")),
    }
    value, low, high = (float(score[name]) for name in ("value", "low", "high"))
    return Found(str(score["metric"]), value, low, high, facts, str(score.get("better", "")))


def model(run: Path, weights: str) -> str:
    """The SHA-256 that a model of a run says it has; "" if it cannot be read."""
    try:
        with (run / files.MODEL / f"{weights}.safetensors").open("rb") as file:
            header = read_json(file.read(min(int.from_bytes(file.read(8), "little"), 10**6)))
        return str(header["__metadata__"]["sha256"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def course(run: Path) -> Found | None:
    """The last score of the training, against examples that were held out."""
    try:
        lines = files.read_lines(run / files.SCORES).lines
        name, value = next((name, lines[-1][name]) for name in lines[-1] if name.startswith(HELD_OUT))
        content = files.read_config(run)
        data, config = content["data"], content["config"]
        held_out = (str(data["sha256"]), int(config["hold_out"]), int(config["seed"]))
        facts = {"features": "of the course of training", "size": tuple(data["shape"]), "real examples": held_out}
        facts[LABELS] = _labels(str(content["recipe"]), data)
        return Found(f"{name.removeprefix(HELD_OUT)}, in training", float(value), None, None, facts, "lower")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration):
        return None


def _labels(recipe: str, data: Mapping[str, Any]) -> str:
    """How a run uses labels, if its recipe is one of sparring's."""
    return recipes.labels_of(recipes.find(recipe), data) if recipe in recipes.names() else "unknown"


def unlike(found: Sequence[Found]) -> list[str]:
    """In what scores differ, so that they cannot be compared, by name; nothing where they can be."""
    return unlike_facts([{"figure": one.figure, **one.facts} for one in found])


def unlike_facts(facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of facts that are not the same in all."""
    names = dict.fromkeys(name for each in facts for name in each)
    return [name for name in names if len({repr(each.get(name)) for each in facts}) > 1]
