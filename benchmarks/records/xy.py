"""V = xy: what two dynamics do to the radius, against theory.

Usage: python benchmarks/records/xy.py      (a second)

From (1, 1), with steps of h = .1 for 200 rounds. Simultaneous steps multiply the radius by sqrt(1 + h^2) a round;
steps in turn, x first, keep x^2 + y^2 - h x y. There is no chance in it. Results: xy.json beside this file.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

import torch

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.dynamics import Dynamics
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.games.theory.xy import XY

OUT = Path(__file__).with_suffix(".json")
H, ROUNDS, LIMIT = 0.1, 200, 1e-5


def path(dynamics: Dynamics, rounds: int) -> list[tuple[float, float]]:
    """(x, y) after each round."""
    game = XY()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=H) for name in game.players()}
    trainer, points = Trainer(Phase(game, optimizers, {}, rounds, dynamics)), []
    for _ in range(rounds):
        trainer.play_round()
        points.append((game.x.value.item(), game.y.value.item()))
    return points


def run(quick: bool = False) -> Record:
    """200 rounds; quickly 20."""
    start, rounds = time.perf_counter(), 20 if quick else ROUNDS
    at_once, in_turn = path(Simultaneous(), rounds), path(Alternating(), rounds)
    theory = [math.sqrt(2) * (1 + H * H) ** (n / 2) for n in range(1, rounds + 1)]
    away = max(abs(math.hypot(*point) - radius) for point, radius in zip(at_once, theory, strict=True))
    drift = max(abs(x * x + y * y - H * x * y - (2 - H)) for x, y in in_turn)
    last = math.hypot(*at_once[-1])
    return Record(
        command="python benchmarks/records/xy.py",
        seeds=(),
        ours=(
            Figure(what="distance of the radius from theory, at most", value=away),
            Figure(what="drift of the invariant under steps in turn, at most", value=drift),
            Figure(what="radius at the end, steps at once", value=last),
        ),
        controls=(Figure(what="largest radius under steps in turn", value=max(math.hypot(*p) for p in in_turn)),),
        claims=(
            Claim(words="Steps at once follow theory.", left=away, relation="<", right=LIMIT),
            Claim(words="Steps in turn keep their invariant.", left=drift, relation="<", right=1e-12),
            Claim(
                words="Only steps at once leave.", left=last, relation=">", right=max(math.hypot(*p) for p in in_turn)
            ),
        ),
        missing={
            "seeds": "there is no chance in it",
            "interval": "there is no chance in it",
            "published": "the comparison is with theory: Goodfellow 2016, sections 7.2 and 8.2",
        },
        details={"step": H, "rounds": rounds},
        **stamp(time.perf_counter() - start),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
