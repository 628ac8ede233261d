"""What a Fréchet distance costs at the size of Inception's features, against the usual ways to the same number.

Usage: OMP_NUM_THREADS=1 python benchmarks/speed/frechet.py      (minutes; on a machine that does nothing else)

The variable is for the BLAS that scipy brings: torch is told in here to take one thread.

All start from features [5000, 2048] of each set and end with the distance: sparring with the real ones as features and
as a `Reference` made before; `scipy.linalg.sqrtm` as in pytorch-fid, and `eigvals(S1 S2)` as in torchmetrics, both with
both covariances computed in torch. Features are correlated with variances over four orders of magnitude. Turns are
interleaved in random order in one process; the figure is the ratio of medians. Results: frechet.json beside this file.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import scipy
import torch
from scipy.linalg import sqrtm
from torch import Tensor

from sparring import Key
from sparring.machine.files import write_atomically
from sparring.metrics.frechet import Reference, frechet_distance

OUT = Path(__file__).with_suffix(".json")
SAMPLES, SIZE, TURNS = 5000, 2048, 3


def features(name: str, scale: float) -> Tensor:
    key = Key(0)
    deviations = scale * torch.logspace(0, -2, SIZE, dtype=torch.float64)
    turn = torch.linalg.qr(key.normal("turn", (SIZE, SIZE), torch.float64)).Q
    return (key.normal(name, (SAMPLES, SIZE), torch.float64) * deviations @ turn).float()


def usual(x: Tensor, y: Tensor, overlap: Callable[[Tensor, Tensor], float]) -> float:
    x, y = x.double(), y.double()
    a, b = x.T.cov(), y.T.cov()
    shift = (x.mean(dim=0) - y.mean(dim=0)).square().sum()
    return float(shift + a.trace() + b.trace()) - 2 * overlap(a, b)


def by_root(a: Tensor, b: Tensor) -> float:
    return float(sqrtm((a @ b).numpy()).real.trace())


def by_eigenvalues(a: Tensor, b: Tensor) -> float:
    return torch.linalg.eigvals(a @ b).sqrt().real.sum().item()


def measure(sides: dict[str, Callable[[], float]]) -> tuple[dict[str, list[float]], dict[str, float]]:
    times: dict[str, list[float]] = {name: [] for name in sides}
    values: dict[str, float] = {}
    for turn in range(TURNS):
        for name in random.Random(turn).sample(list(sides), len(sides)):
            start = time.perf_counter()
            values[name] = sides[name]()
            times[name].append(time.perf_counter() - start)
            print(f"{name}: {times[name][-1]:.1f} s, {values[name]!r}", flush=True)
    return times, values


def main() -> None:
    torch.set_num_threads(1)
    x, y = features("real", 1.0), features("generated", 1.1)
    reference = Reference.of(x)
    times, values = measure(
        {
            "cold": lambda: frechet_distance(x, y),
            "cached": lambda: frechet_distance(reference, y),
            "sqrtm": lambda: usual(x, y, by_root),
            "eigvals": lambda: usual(x, y, by_eigenvalues),
        }
    )
    medians = {name: statistics.median(each) for name, each in times.items()}
    ratios = {
        f"{ours}, times as fast as {theirs}": round(medians[theirs] / medians[ours], 1)
        for ours in ("cold", "cached")
        for theirs in ("sqrtm", "eigvals")
    }
    result = {
        "command": "OMP_NUM_THREADS=1 python benchmarks/speed/frechet.py",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "torch": torch.__version__,
        "scipy": scipy.__version__,
        "threads": 1,
        "seconds": {name: [round(second, 2) for second in each] for name, each in times.items()},
        "relative difference from eigvals": {name: abs(v / values["eigvals"] - 1) for name, v in values.items()},
        **ratios,
    }
    write_atomically(OUT, (json.dumps(result, indent=1) + "\n").encode())
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
