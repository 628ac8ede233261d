"""What figures say: as JSON, as a table, and in sentences, the verdict among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sparring.cli.findings import Finding
from sparring.machine.words import rounded

if TYPE_CHECKING:
    from sparring.evaluation.measures import Line
    from sparring.metrics.score import Score

__all__ = ["judgement", "not_searched", "scores"]


def scores(lines: Sequence[Line], verdict: Sequence[str]) -> Finding:
    """Figures with intervals and floors, and what they say together."""
    first = lines[0].score
    rows = [("", "generated", "real against real", "better")]
    rows += [(line.score.metric, _interval(line.score), _interval(line.floor), line.score.better) for line in lines]
    counts = f"{first.generated:,} generated against {first.real:,} real samples ({first.data})"
    resize = f" ({first.extractor.resize})" if first.extractor.resize != "none" else ""
    words = (
        *verdict,
        *([f"Changed before measuring: {first.changed}."] if first.changed else []),
        f"{counts}; features: {first.extractor.name}{resize}; seed {first.seed}; weights: {first.weights}.",
        "Compare only figures with the same features, number of samples, size and data.",
    )
    content = [{"score": line.score.json(), "floor": line.floor.json()} for line in lines]
    size = f" at {' x '.join(map(str, first.size))}" if len(first.size) > 1 else ""
    return Finding("scores", f"Figures{size}", content, rows, words)


def _interval(score: Score) -> str:
    return f"{rounded(score.value, 4)} ({rounded(score.low, 4)} to {rounded(score.high, 4)})"


def judgement(lines: Sequence[Line], doubts: Sequence[str], copies: Finding | None) -> tuple[Finding, Sequence[str]]:
    """What all figures say together, for JSON; and in sentences, which end the table of figures."""
    from sparring.evaluation.verdict import verdict

    found = verdict(lines, doubts)
    copied = ["But copies of training data were found: see below."] if copies and copies.content["copies"] else []
    return Finding("verdict", "Verdict", found.json()), (f"Verdict: {found.words}", *found.doubts_beside, *copied)


def not_searched(absent: str) -> Finding:
    """Why copies of training data were not looked for; `absent` says why the training data are not there."""
    why = absent or "--training is 0"
    return Finding("copies_not_searched", "Copies", {"why": why}, words=(f"Copies were not searched for: {why}.",))
