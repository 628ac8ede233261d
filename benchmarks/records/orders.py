"""Whether distances order what everybody can: real, blurred and noisy garments, and digits, against real garments.

Usage: python benchmarks/records/orders.py [FEATURES]      (a minute or two, and ten with EfficientNet-Lite0 on a CPU;
needs `sparring data get mnist` and `fashion-mnist`). With names of features, the others' results stay.

2,000 pictures of each, from training sets alone: garments 0 to 1,999 of a fixed order against 2,000 to 3,999 as they
are, blurred (a Gaussian of 1 pixel) and with noise of standard deviation .4 on [-1, 1]; and 2,000 digits. One seed.
Of EfficientNet-Lite0's 1,280 and 320 features, from one pass at 224 x 224, the first 1,300 of each.
Results: orders.json beside this file, with the table of docs/evaluation.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from sparring import Key, open_data
from sparring.data.embedded import fashion_mnist
from sparring.evaluation.measures import FEATURES
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.kinds import drawing
from sparring.kinds.pictures import Pictures
from sparring.metrics.extractors import EFFLITE0_SHA256, Network, efficientnet_lite0, extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.kernel import kernel_distance
from sparring.metrics.wasserstein import sliced_wasserstein

OUT = Path(__file__).with_suffix(".json")
N, N_LARGE, FEW = 2000, 1300, 200
KINDS = ("real", "blurred", "noisy", "digits")
DISTANCES: dict[str, Callable[[Tensor, Tensor], float]] = {
    "Fréchet": frechet_distance,
    "kernel": kernel_distance,
    "sliced Wasserstein": sliced_wasserstein,
}
PARTS = {"efflite0": {"efflite0": slice(320, None), "efflite0-320": slice(320)}}


def some(name: str, start: int) -> Tensor:
    data = open_data(name)
    return data.examples(Key(0, ("orders",)).permutation(name, len(data.x))[start : start + N])


def blurred(x: Tensor) -> Tensor:
    cells = (Image.fromarray(cell.numpy()) for cell in drawing.to_bytes(x).squeeze(1))
    soft = [torch.from_numpy(np.array(cell.filter(ImageFilter.GaussianBlur(1)))) for cell in cells]
    return drawing.from_bytes(torch.stack(soft).unsqueeze(1))


def spoilt(real: Tensor, digits: Tensor) -> dict[str, Tensor]:
    """Other real garments as they are and made worse, and digits."""
    noise = 0.4 * Key(0).normal("noise", tuple(real.shape))
    return {"real": real, "blurred": blurred(real), "noisy": (real + noise).clamp(-1, 1), "digits": digits}


def few() -> tuple[Tensor, dict[str, Tensor]]:
    """Garments that ship; upside down they stand in for digits."""
    x = drawing.from_bytes(fashion_mnist("held_out").x)
    return x[:FEW], spoilt(x[FEW : 2 * FEW], x[2 * FEW : 3 * FEW].flip(2))


def features(name: str, x: Tensor) -> Tensor:
    return extract(both() if name == "efflite0" else FEATURES[name](Pictures()), x, title=name)


def both() -> Network:
    """Both layers of EfficientNet-Lite0 from one pass."""
    network = efficientnet_lite0()

    def layers(x: Tensor) -> Tensor:
        maps = network.maps(x)
        return torch.cat([maps.mean((2, 3)), network.head(maps)], dim=1)

    return Network("EffLite0, both layers", EFFLITE0_SHA256, layers)


def tables(name: str, real: Tensor, sets: Mapping[str, Tensor]) -> dict[str, Any]:
    """The distances on features of that name, by layer."""
    n, start = N_LARGE if name == "efflite0" else N, time.monotonic()
    x = features(name, real[:n])
    found = {kind: features(name, y[:n]) for kind, y in sets.items()}
    about = {"pictures": len(x), "seconds for features": round(time.monotonic() - start)}
    return {
        part: about
        | {
            distance: {kind: float(f"{measure(x[:, columns], y[:, columns]):.4g}") for kind, y in found.items()}
            for distance, measure in DISTANCES.items()
        }
        for part, columns in PARTS.get(name, {name: slice(None)}).items()
    }


def made(distances: Mapping[str, Mapping[str, Any]], **about: Any) -> Record:
    """The record of these tables."""
    rows = [[table[distance][kind] for kind in KINDS] for table in distances.values() for distance in DISTANCES]
    nearest = sum(row[0] < min(row[1:]) for row in rows)
    ordered = sum(row == sorted(row) for row in rows)
    pairs = f"of {len(rows)} pairs of features and distance"
    chance = Figure(what=f"the same if every order were as likely, computed: a quarter {pairs}", value=len(rows) / 4)
    missing = {
        "interval": "a count of orders, from one seed",
        "published": "not looked for: the order is what everybody can see",
    }
    return Record(
        command="python benchmarks/records/orders.py",
        seeds=(0,),
        ours=(
            Figure(what=f"real garments are nearest, {pairs}", value=nearest),
            Figure(what=f"real, blurred, noisy, digits in this order, {pairs}", value=ordered),
        ),
        controls=(chance,),
        claims=(
            Claim(words="Real garments are nearest under every pair.", left=nearest, relation=">=", right=len(rows)),
            Claim(words="Chance has fewer.", left=nearest, relation=">", right=chance.value),
        ),
        missing=missing | about.pop("missing", {}),
        details={"distances": distances},
        **about,
    )


def run(quick: bool = False, names: Sequence[str] = ()) -> Record:
    """All features, or those that are named and of the others what was found before; quickly the shipped ones alone."""
    start = time.perf_counter()
    distances = {**Record.read(OUT).details["distances"]} if names else {}
    real, sets = few() if quick else (some("fashion-mnist", 0), spoilt(some("fashion-mnist", N), some("mnist", 0)))
    for name in names or (("pixels", "classifier") if quick else ("pixels", "classifier", "efflite0")):
        distances |= tables(name, real, sets)
    return made(distances, **stamp(time.perf_counter() - start))


def main() -> None:
    run(names=sys.argv[1:]).write(OUT)


if __name__ == "__main__":
    main()
