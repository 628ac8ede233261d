"""V = xy: the rate of every rule that has one in closed form, against theory.

Usage: python benchmarks/records/rates.py      (half a minute; it prints the table of docs/dynamics.md)

A rate is the factor of the distance from the equilibrium in a round, from the slope of its logarithm over the last
three quarters of 400 rounds, in float64. There is no chance in it. Results: rates.json beside this file.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.competitive import CompetitiveGradient
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.extragradient import Extragradient
from sparring.dynamics.functional import SGD
from sparring.dynamics.lookahead import Lookahead
from sparring.dynamics.negative_momentum import NegativeMomentum
from sparring.dynamics.optimistic import Optimistic
from sparring.dynamics.past_extrapolation import PastExtrapolation
from sparring.dynamics.symplectic import Symplectic
from sparring.dynamics.unrolled import Unrolled
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.games.theory.xy import XY

OUT = Path(__file__).with_suffix(".json")
H, ROUNDS, LIMIT = 0.3, 400, 5e-4


def optimistic(h: float) -> float:
    """For steps below 1/2, and beyond."""
    if h <= 0.5:
        return math.sqrt((1 + math.sqrt(1 - 4 * h * h)) / 2)
    return math.sqrt((1 + (2 * h + math.sqrt(4 * h * h - 1)) ** 2) / 4)


def pulled(h: float) -> float:
    """With a weight of .4."""
    return math.sqrt((1 - 0.4 * h) ** 2 + h * h)


@dataclass(frozen=True)
class Row:
    """A rule and what theory says of it.

    Attributes:
        rule: The rule.
        theory: The rate at a step.
        formula: The same, to read.
        step: The learning rate of both players.
    """

    rule: Dynamics
    theory: Callable[[float], float]
    formula: str
    step: float = H


ROWS = {
    "steps at once": Row(Simultaneous(), lambda h: math.sqrt(1 + h * h), "sqrt(1 + h²)"),
    "steps in turn": Row(Alternating(), lambda _: 1.0, "1 for h < 2"),
    "extragradient": Row(Extragradient(), lambda h: math.sqrt(1 - h**2 + h**4), "sqrt(1 - h² + h⁴)"),
    "extrapolation from the past": Row(PastExtrapolation(), optimistic, "as optimistic"),
    "optimistic": Row(Optimistic(), optimistic, "sqrt((1 + sqrt(1 - 4h²)) / 2)"),
    "optimistic, larger steps": Row(Optimistic(), optimistic, "sqrt((1 + (2h + sqrt(4h² - 1))²) / 4)", 0.55),
    "consensus, weight w = .4": Row(Consensus(0.4), pulled, "sqrt((1 - hw)² + h²)"),
    "symplectic, weight w = .4": Row(Symplectic(0.4), pulled, "sqrt((1 - hw)² + h²)"),
    "competitive": Row(CompetitiveGradient(), lambda h: 1 / math.sqrt(1 + h * h), "1 / sqrt(1 + h²)"),
    "negative momentum -.5": Row(NegativeMomentum(-0.5), lambda _: 0.885, "largest eigenvalue", 0.87),
    "negative momentum -.3": Row(NegativeMomentum(-0.3), lambda _: 0.7595, "largest eigenvalue", 1.221),
    "lookahead, k = 5, a = .5": Row(
        Lookahead(Simultaneous(), 5, 0.5),
        lambda h: abs(0.5 + 0.5 * (1 + 1j * h) ** 5) ** 0.2,
        "abs(1 - a + a (1 + ih)ᵏ), k-th root",
    ),
    "unrolled, k = 3 steps of s = .2": Row(
        Unrolled(3, SGD(0.2)), lambda h: math.sqrt(1 - 2 * 3 * 0.2 * h + h * h), "sqrt(1 - 2ksh + h²)"
    ),
}


def rate(row: Row, rounds: int) -> float:
    """The measured rate."""
    game, logs = XY(1.0, 0.4), []
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=row.step) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, {}, rounds, row.rule))
    for _ in range(rounds):
        trainer.play_round()
        logs.append(math.log(math.hypot(game.x.value.item(), game.y.value.item())))
    first = rounds // 4
    return math.exp(np.polyfit(range(first, rounds), logs[first:], 1)[0])


def run(quick: bool = False) -> Record:
    """All rules; quickly with half of the rounds."""
    start, rounds = time.perf_counter(), ROUNDS // 2 if quick else ROUNDS
    found = {name: rate(row, rounds) for name, row in ROWS.items()}
    theory = {name: row.theory(row.step) for name, row in ROWS.items()}
    away = max(abs(found[name] - theory[name]) for name in ROWS)
    ours = {name: value for name, value in found.items() if name != "steps at once"}
    control = found["steps at once"]
    return Record(
        command="python benchmarks/records/rates.py",
        seeds=(),
        ours=(
            *(Figure(what=f"{name}: rate on xy at h = {ROWS[name].step:g}", value=rate) for name, rate in ours.items()),
            Figure(what="distance of a rate from theory, at most", value=away),
        ),
        controls=(Figure(what=f"rate of steps at once at h = {H}", value=control),),
        claims=(
            Claim(words="Every rate is that of theory, to three digits.", left=away, relation="<", right=LIMIT),
            Claim(words="Extragradient steps converge.", left=ours["extragradient"], relation="<", right=1.0),
            Claim(
                words="Steps in turn leave less than steps at once.",
                left=ours["steps in turn"],
                relation="<",
                right=control,
            ),
        ),
        missing={
            "seeds": "there is no chance in it",
            "interval": "there is no chance in it",
            "published": "the comparison is with closed forms, which the papers of the rules derive",
        },
        details={name: {"step": row.step, "theory": theory[name], "rate": found[name]} for name, row in ROWS.items()},
        **stamp(time.perf_counter() - start),
    )


def table(record: Record) -> str:
    """The rates, in Markdown."""
    lines = ["| rule | rate, V = xy, steps of h | h | theory | measured |", "| --- | --- | --- | --- | --- |"]
    for name, row in ROWS.items():
        numbers = record.details[name]
        lines.append(f"| {name} | {row.formula} | {row.step:g} | {numbers['theory']:.4f} | {numbers['rate']:.4f} |")
    return "\n".join(lines)


def main() -> None:
    record = run()
    record.write(OUT)
    print(table(record))


if __name__ == "__main__":
    main()
