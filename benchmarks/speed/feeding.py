"""What 64 pictures cost: from sparring's cache against a DataLoader over the same PNG files.

Usage: python benchmarks/speed/feeding.py      (about a minute; on a machine that does nothing else)

Each side ends with a batch of floats in [-1, 1]. The DataLoader shuffles, opens each file with Pillow and is timed with
no worker and with two that live on between batches. Blocks of 50 batches are interleaved in random order in one
process, long enough that what workers prepare while another side has its turn does not count for much; the figure is
the ratio of medians of blocks. Results: feeding.json beside this file.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from sparring import Key
from sparring.data.embedded import fashion_mnist
from sparring.data.opening import open_data
from sparring.game import Round
from sparring.machine.files import write_atomically

OUT = Path(__file__).with_suffix(".json")
BATCH, BLOCK, BLOCKS = 64, 50, 12


class Files(Dataset[Tensor]):
    """The usual folder data set."""

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.glob("*.png"))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, i: int) -> Tensor:
        with Image.open(self.files[i]) as image:
            pixels = torch.from_numpy(np.array(image))
        return pixels.reshape(*pixels.shape[:2], -1).permute(2, 0, 1).float().div(127.5).sub(1.0)


def loader(folder: Path, workers: int) -> Callable[[], Tensor]:
    files = DataLoader(
        Files(folder), BATCH, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0
    )

    def endless() -> Iterator[Tensor]:
        while True:
            yield from files

    batches = endless()
    return lambda: next(batches)


def cached(folder: Path) -> Callable[[], Tensor]:
    source, number = open_data(folder), 0

    def draw() -> Tensor:
        nonlocal number
        number += 1
        turn = Round(lambda _: source.draw(BATCH, Key(0, ("real", number))), Key(0), batch=BATCH)
        return turn.stream("real").x

    return draw


def milliseconds(sides: dict[str, Callable[[], Tensor]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in sides}
    for draw in sides.values():
        for _ in range(5):
            draw()
    for _ in range(BLOCKS):
        for name in random.sample(list(sides), len(sides)):
            start = time.perf_counter()
            for _ in range(BLOCK):
                assert sides[name]().shape[0] == BATCH
            times[name].append(1000 * (time.perf_counter() - start) / BLOCK)
    return {name: statistics.median(values) for name, values in times.items()}


def case(folder: Path, pictures: list[Image.Image]) -> dict[str, float]:
    folder.mkdir()
    for i, picture in enumerate(pictures):
        picture.save(folder / f"{i:05}.png")
    medians = milliseconds({"cache": cached(folder), "no worker": loader(folder, 0), "two workers": loader(folder, 2)})
    figures = {f"{name}, milliseconds a batch": round(value, 3) for name, value in medians.items()}
    rest = [name for name in medians if name != "cache"]
    return figures | {f"times as fast as {name}": round(medians[name] / medians["cache"], 1) for name in rest}


def main() -> None:
    torch.set_num_threads(1)
    clothes = [Image.fromarray(x.squeeze(0).numpy()) for x in fashion_mnist().x[:5000]]
    with tempfile.TemporaryDirectory() as name:
        cases = {
            "grey, 28 x 28": case(Path(name, "grey"), clothes),
            "colour, 64 x 64": case(Path(name, "colour"), [c.convert("RGB").resize((64, 64)) for c in clothes]),
        }
    about = {"command": "python benchmarks/speed/feeding.py", "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    result = {**about, "torch": torch.__version__, "threads": 1, "cases": cases}
    write_atomically(OUT, (json.dumps(result, indent=1) + "\n").encode())
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
