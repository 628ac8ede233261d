"""Whether distances order what everybody can: real, blurred and noisy garments, and digits, against real garments.

Usage: python benchmarks/records/orders.py [FEATURES]      (a minute or two, and ten with EfficientNet-Lite0 on a CPU;
needs `sparring data get mnist` and `fashion-mnist`). With names of features, the others' results stay.

2,000 pictures of each, from training sets alone: garments 0 to 1,999 of a fixed order against 2,000 to 3,999 as they
are, blurred (a Gaussian of 1 pixel) and with noise of standard deviation .4 on [-1, 1]; and 2,000 digits. One seed.
Of EfficientNet-Lite0's 1,280 and 320 features, from one pass at 224 x 224, the first 1,300 of each.
Results: orders.json beside this file, with the table of docs/evaluation.md.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from sparring import Key, open_data
from sparring.evaluation.measures import FEATURES
from sparring.kinds import drawing
from sparring.machine.files import write_atomically
from sparring.metrics.extractors import EFFLITE0_SHA256, Network, efficientnet_lite0, extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.kernel import kernel_distance
from sparring.metrics.wasserstein import sliced_wasserstein

OUT = Path(__file__).with_suffix(".json")
N, N_LARGE = 2000, 1300
DISTANCES: dict[str, Callable[[Tensor, Tensor], float]] = {
    "Frechet": frechet_distance,
    "kernel": kernel_distance,
    "sliced Wasserstein": sliced_wasserstein,
}


def some(name: str, start: int) -> Tensor:
    data = open_data(name)
    return data.examples(Key(0, ("orders",)).permutation(name, len(data.x))[start : start + N])


def blurred(x: Tensor) -> Tensor:
    cells = (Image.fromarray(cell.numpy()) for cell in drawing.to_bytes(x).squeeze(1))
    soft = [torch.from_numpy(np.array(cell.filter(ImageFilter.GaussianBlur(1)))) for cell in cells]
    return drawing.from_bytes(torch.stack(soft).unsqueeze(1))


PARTS = {"efflite0": {"efflite0": slice(320, None), "efflite0-320": slice(320)}}


def features(name: str, x: Tensor) -> Tensor:
    return extract(both() if name == "efflite0" else FEATURES[name](), x, title=name)


def both() -> Network:
    """Both layers of EfficientNet-Lite0 from one pass."""
    network = efficientnet_lite0()

    def layers(x: Tensor) -> Tensor:
        maps = network.maps(x)
        return torch.cat([maps.mean((2, 3)), network.head(maps)], dim=1)

    return Network("EffLite0, both layers", EFFLITE0_SHA256, layers)


def main() -> None:
    real, other = some("fashion-mnist", 0), some("fashion-mnist", N)
    noise = 0.4 * Key(0).normal("noise", tuple(other.shape))
    sets = {
        "real": other,
        "blurred": blurred(other),
        "noisy": (other + noise).clamp(-1, 1),
        "digits": some("mnist", 0),
    }
    names = sys.argv[1:] or ["pixels", "classifier", "efflite0"]
    record = json.loads(OUT.read_text()) if sys.argv[1:] else {"distances": {}}
    for name in names:
        n, start = N_LARGE if name == "efflite0" else N, time.monotonic()
        x = features(name, real[:n])
        found = {kind: features(name, y[:n]) for kind, y in sets.items()}
        seconds = time.monotonic() - start
        for part, columns in PARTS.get(name, {name: slice(None)}).items():
            table = {
                distance: {kind: float(f"{measure(x[:, columns], y[:, columns]):.4g}") for kind, y in found.items()}
                for distance, measure in DISTANCES.items()
            }
            record["distances"][part] = {"pictures": n, "seconds for features": round(seconds), **table}
    about = {"command": "python benchmarks/records/orders.py", "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    content = json.dumps({**about, "torch": torch.__version__, "distances": record["distances"]}, indent=1) + "\n"
    write_atomically(OUT, content.encode())
    print(content)


if __name__ == "__main__":
    main()
