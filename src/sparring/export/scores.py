"""Scores of a run, as `sparring evaluate` stored them: never measured here, never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from sparring.export.subject import Subject
from sparring.runs import files

__all__ = ["Scores", "Stored", "stored"]

STORED = "evaluation.json"


@dataclass(frozen=True)
class Stored:
    """One score.

    Attributes:
        metric: What was measured.
        value: Of the samples.
        low: The lower end of its interval.
        high: The upper end.
        real: The same of real examples against real examples.
    """

    metric: str
    value: float
    low: float
    high: float
    real: float


@dataclass(frozen=True)
class Scores:
    """What is known of how good samples are.

    Attributes:
        lines: Scores; none if nobody measured.
        protocol: How they were measured, in a sentence; "" without any.
        copies: What is known of copies of training examples, in a sentence.
        missing: Why there are no scores and what to do, in a sentence; "" if there are some.
    """

    lines: Sequence[Stored]
    protocol: str
    copies: str
    missing: str = ""


def stored(subject: Subject) -> Scores:
    """The scores that are stored in a run, if they are of these weights."""
    path = subject.run.path
    file, ask = path / STORED, f"sparring evaluate {quote(str(path.name))}"
    found, model = _read(file), path / files.MODEL / f"{subject.weights}.safetensors"
    if not found:
        return _none(f"Nobody has measured this generator. To measure it: {ask}")
    if found[0]["score"].get("weights", "average") != subject.weights:
        return _none(f"The stored scores are of other weights. To measure these: {ask} --weights {subject.weights}")
    if file.stat().st_mtime < model.stat().st_mtime:
        return _none(f"The stored scores are older than these weights. To measure again: {ask}")
    lines = [_line(entry) for entry in found]
    return Scores(lines, _protocol(found[0]["score"]), _copies(json.loads(file.read_bytes())))


def _none(missing: str) -> Scores:
    return Scores((), "", "Nobody has looked for copies of training examples.", missing)


def _read(file: Path) -> list[dict[str, Any]]:
    """The entries of the file; none if there is none that can be read."""
    try:
        entries = json.loads(file.read_bytes())["scores"]
        return [entry for entry in entries if _line(entry)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []


def _line(entry: Mapping[str, Any]) -> Stored:
    score, floor = entry["score"], entry["floor"]
    value, low, high = (float(score[name]) for name in ("value", "low", "high"))
    return Stored(str(score["metric"]), value, low, high, float(floor["value"]))


def _protocol(score: Mapping[str, Any]) -> str:
    """How it was measured; of a path to data its last name."""
    about = f"{score['generated']:,} generated against {score['real']:,} real examples"
    return f"{about} ({Path(score['data']).name}), features: {score['extractor']['name']}, seed {score['seed']}."


def _copies(content: Mapping[str, Any]) -> str:
    found = content.get("memorisation")
    if not found:
        return "The stored scores do not say whether training examples were copied."
    low, high = found["interval"]
    verdict = "It COPIES its training examples." if found["copies"] else "No sign of copies was found."
    nearer = f"{found['share']:.1%} ({low:.1%} to {high:.1%}) of the samples are nearer to a training example"
    return f"{verdict} {nearer} than to a held-out one; {found['expected']:.1%} would be by chance."
