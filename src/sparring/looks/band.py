"""A band: what the logged values of healthy runs are like, to be drawn behind those of another run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["SHARES", "Band"]

SHARES = 50
"""Places along a run at which a band is known."""

INSIDE = 0.9
"""The share of the reference runs' values that is in the band."""


@dataclass(frozen=True)
class Band:
    """Where nine in ten logged values of some runs were, at shares of the run.

    Attributes:
        rounds: Of each of the runs.
        runs: How many there were.
        low: For each name, the lower ends at `SHARES` even shares of the rounds, the last being the end.
        high: The upper ends.
    """

    rounds: int
    runs: int
    low: Mapping[str, Sequence[float]]
    high: Mapping[str, Sequence[float]]

    @staticmethod
    def of(logs: Sequence[Sequence[Mapping[str, float]]], rounds: int) -> Band:
        """Of the logs of several runs of so many rounds.

        At each share the values between the share before and the one after it count, of all runs together.

        Raises:
            ValueError: There are fewer than two runs, whose spread would be nobody's.
        """
        if len(logs) < 2:
            raise ValueError(f"got {len(logs)} runs; expected 2 or more, a single one has no spread")
        lines = [line for log in logs for line in log]
        names = sorted({name for line in lines for name in line if "/" in name})
        edges = [_edges([(line["round"] / rounds, line[name]) for line in lines if name in line]) for name in names]
        low, high = ({name: ends[i] for name, ends in zip(names, edges, strict=True)} for i in (0, 1))
        return Band(rounds, len(logs), low, high)

    def places(self) -> list[float]:
        """The rounds at which the ends are."""
        return [self.rounds * (i + 1) / SHARES for i in range(SHARES)]

    def json(self) -> dict[str, Any]:
        """What a file holds: numbers of four digits."""
        ends = {key: {name: _rounded(part) for name, part in getattr(self, key).items()} for key in ("low", "high")}
        return {"rounds": self.rounds, "runs": self.runs, **ends}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Band:
        """What `json` gave."""
        return Band(content["rounds"], content["runs"], content["low"], content["high"])


def _edges(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """The ends at each share of values at shares of the run; not a number where there are none near."""
    places, values = np.asarray(points, dtype=np.float64).T
    ends = []
    for i in range(SHARES):
        near = values[(places > i / SHARES - 1e-9) & (places < (i + 2) / SHARES + 1e-9)]
        tail = (1 - INSIDE) / 2
        ends.append(np.quantile(near, (tail, 1 - tail)).tolist() if len(near) else [np.nan, np.nan])
    low, high = zip(*ends, strict=True)
    return _joined(low), _joined(high)


def _joined(values: Sequence[float]) -> list[float]:
    """Straight lines where a value is missing, so that scores, which are few, have a band too."""
    found, places = np.asarray(values), np.arange(len(values))
    known = ~np.isnan(found)
    return [float(value) for value in np.interp(places, places[known], found[known])]


def _rounded(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.4g}") for value in values]
