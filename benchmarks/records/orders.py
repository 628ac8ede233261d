"""Whether distances order what everybody can: real, blurred and noisy garments, and digits, against real garments.

Usage: python benchmarks/records/orders.py      (a minute or two; needs `sparring data get mnist` and `fashion-mnist`)

2,000 pictures of each, from training sets alone: garments 0 to 1,999 of a fixed order against 2,000 to 3,999 as they
are, blurred (a Gaussian of 1 pixel) and with noise of standard deviation .4 on [-1, 1]; and 2,000 digits. One seed.
Results: orders.json beside this file, with the table of docs/evaluation.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from sparring import Key, checkpoint, open_data, pictures
from sparring.evaluation import FEATURES
from sparring.metrics.extractors import extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.kernel import kernel_distance
from sparring.metrics.wasserstein import sliced_wasserstein

OUT = Path(__file__).with_suffix(".json")
N = 2000
DISTANCES: dict[str, Callable[[Tensor, Tensor], float]] = {
    "Frechet": frechet_distance,
    "kernel": kernel_distance,
    "sliced Wasserstein": sliced_wasserstein,
}


def some(name: str, start: int) -> Tensor:
    data = open_data(name)
    return data.examples(Key(0, ("orders",)).permutation(name, len(data.x))[start : start + N])


def blurred(x: Tensor) -> Tensor:
    cells = (Image.fromarray(cell.numpy()) for cell in pictures.to_bytes(x).squeeze(1))
    soft = [torch.from_numpy(np.array(cell.filter(ImageFilter.GaussianBlur(1)))) for cell in cells]
    return pictures.from_bytes(torch.stack(soft).unsqueeze(1))


def main() -> None:
    real, other = some("fashion-mnist", 0), some("fashion-mnist", N)
    noise = 0.4 * Key(0).normal("noise", tuple(other.shape))
    sets = {
        "real": other,
        "blurred": blurred(other),
        "noisy": (other + noise).clamp(-1, 1),
        "digits": some("mnist", 0),
    }
    table: dict[str, dict[str, dict[str, float]]] = {}
    for name, make in FEATURES.items():
        x = extract(make(), real)
        found = {kind: extract(make(), y) for kind, y in sets.items()}
        table[name] = {
            distance: {kind: float(f"{measure(x, y):.4g}") for kind, y in found.items()}
            for distance, measure in DISTANCES.items()
        }
    about = {"command": "python benchmarks/records/orders.py", "date": f"{datetime.now(UTC):%Y-%m-%d}", "pictures": N}
    content = json.dumps({**about, "torch": torch.__version__, "distances": table}, indent=1) + "\n"
    checkpoint.write_atomically(OUT, content.encode())
    print(content)


if __name__ == "__main__":
    main()
