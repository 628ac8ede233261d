"""Scores of a run, as `sparring evaluate` stored them: never measured here, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sparring.export.subject import Subject
from sparring.machine.plain import read_json
from sparring.machine.words import quoted, rounded, shown
from sparring.runs import files
from sparring.runs.scores import model

__all__ = ["Scores", "Stored", "stored"]


@dataclass(frozen=True)
class Stored:
    """One score.

    Attributes:
        metric: What was measured.
        value: Of the samples.
        low: The lower end of its interval.
        high: The upper end.
        real: The same of real examples against real examples.
        better: Which way is better, lower or higher; "" where nobody wrote it down.
    """

    metric: str
    value: float
    low: float
    high: float
    real: float
    better: str

    @property
    def cells(self) -> tuple[str, ...]:
        """It as a row of a table whose columns are `Scores.COLUMNS`."""
        interval = f"{rounded(self.low, 4)} to {rounded(self.high, 4)}"
        return (self.metric, rounded(self.value, 4), interval, rounded(self.real, 4), self.better)


@dataclass(frozen=True)
class Scores:
    """What is known of how good samples are.

    Attributes:
        lines: Scores; none if nobody measured.
        words: The verdict and how it was measured, or why there are no scores and what to do; sentences.
        copies: What is known of copies of training examples, in a sentence.
    """

    COLUMNS = ("", "value", "interval", "real against real", "better")

    lines: Sequence[Stored]
    words: Sequence[str]
    copies: str


def stored(subject: Subject) -> Scores:
    """The scores that are stored in a run, if they are of these weights."""
    path, weights = subject.run.path, subject.weights
    ask = " ".join(["sparring", "evaluate", quoted(path.absolute().name)])  # for readers elsewhere
    content = _read(path / files.EVALUATION)
    if not content:
        return _none(f"This generator has no scores yet. To measure it: {ask}")
    score = content["scores"][0]["score"]
    if score["weights"] != weights:
        return _none(f"The stored scores are for other weights. To measure these: {ask} --weights {weights}")
    if content.get("model") != model(path, weights):
        return _none(f"The stored scores are older than these weights. To measure again: {ask}")
    return Scores([_line(entry) for entry in content["scores"]], _words(content, score), _copies(content))


def _none(missing: str) -> Scores:
    return Scores((), (missing,), "Nothing was searched for copies of training examples.")


def _read(file: Path) -> dict[str, Any]:
    """What the file holds; nothing if it cannot be read or holds no scores."""
    try:
        content: dict[str, Any] = read_json(file.read_bytes())
        return content if _words(content, content["scores"][0]["score"]) and _copies(content) else {}
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}


def _line(entry: Mapping[str, Any]) -> Stored:
    score, floor = entry["score"], entry["floor"]
    value, low, high = (float(score[name]) for name in ("value", "low", "high"))
    return Stored(shown(str(score["metric"])), value, low, high, float(floor["value"]), str(score.get("better", "")))


def _words(content: Mapping[str, Any], score: Mapping[str, Any]) -> list[str]:
    """The verdict, its doubts, and how it was measured; of a path to data the last name."""
    found = content.get("verdict") or {"words": "", "doubts": []}
    counts = f"{score['generated']:,} generated against {score['real']:,} real examples ({Path(score['data']).name})"
    size = f"size: {' x '.join(map(str, score['size']))}; " if score.get("size") else ""
    said = [found["words"], *(doubt for doubt in found["doubts"] if doubt not in found["words"])]
    changed = f"Changed before measuring: {score['changed']}." if score.get("changed") else ""
    features = f"{size}features: {score['extractor']['name']}; seed {score['seed']}; weights: {score['weights']}."
    return [shown(text) for text in (*said, changed, f"{counts}; {features}") if text]


def _copies(content: Mapping[str, Any]) -> str:
    found = content.get("memorisation")
    if not found:
        return "Nothing was searched for copies of training examples."
    low, high = found["interval"]
    verdict = "It COPIES its training examples." if found["copies"] else "No sign of copies was found."
    nearer = f"{found['share']:.1%} ({low:.1%} to {high:.1%}) of the samples are nearer to a training example"
    return f"{verdict} {nearer} than to a held-out one; by chance, {found['expected']:.1%} are."
