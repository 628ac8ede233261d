"""Times a round of every recipe of pictures on a GPU, at its usual precision and in float32, one after the other.

Usage: python benchmarks/gpu.py        on an idle machine; writes benchmarks/gpu.md
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from sparring import recipes
from sparring.machine import devices
from sparring.recipes.images import costs

SECONDS, TIMES = 0.6, 3
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in ("dcgan", "gan2014", *costs.RECIPES)},
    "dcgan, width 64, batch 256": ("dcgan", {"width": 64, "batch": 256}),
    "r3gan, width 32, batch 256": ("r3gan", {"width": 32, "batch": 256}),
}


def rates(recipe: str, values: dict[str, Any]) -> list[float]:
    """Rounds a second, slowest first."""
    made = recipes.find(recipe)
    config = made.Config(device="cuda", rounds=10**6, **values)
    trainer = made.build(config, made.open_data(config))
    trainer.play(20)
    torch.cuda.synchronize()
    found = []
    for _ in range(TIMES):
        start, begun = time.perf_counter(), trainer.state.round
        while time.perf_counter() - start < SECONDS:
            trainer.play(10)
            torch.cuda.synchronize()
        found.append((trainer.state.round - begun) / (time.perf_counter() - start))
    return sorted(found)


def table() -> Iterator[str]:
    """Lines of the page."""
    usual = devices.autocast
    card, versions = torch.cuda.get_device_name(), f"PyTorch {torch.__version__}, Python {platform.python_version()}"
    yield f"# Rounds on a GPU\n\n`python benchmarks/gpu.py`, {datetime.now(UTC):%Y-%m-%d}; {card}; {versions}."
    yield "Pictures of 28 x 28 in grey; batches and widths as the recipes have them, if nothing else is said."
    yield f"Rounds a second: the middle of {TIMES} (least to most)."
    yield "\n| recipe | bfloat16 products | float32 | peak memory, MB |\n| --- | --- | --- | --- |"
    for name, (recipe, values) in CASES.items():
        torch.cuda.reset_peak_memory_stats()
        cells = []
        for autocast in (usual, lambda _: None):
            devices.autocast = autocast
            low, middle, high = rates(recipe, values)
            cells.append(f"{middle:.0f} ({low:.0f} to {high:.0f})")
        yield f"| `{name}` | {' | '.join(cells)} | {torch.cuda.max_memory_allocated() / 1e6:.0f} |"


if __name__ == "__main__":
    lines = []
    for line in table():
        print(line, flush=True)
        lines.append(line)
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n")
