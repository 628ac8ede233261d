"""A folder of 100,000 pictures: seconds and memory to open it the first and the second time, and to draw from it.

Usage: python benchmarks/speed/large_folder.py [COUNT]      (some minutes, and about 5 GB of disk for a while)

The pictures are colour JPEGs of 64 x 64. Each step runs in a process of its own with a new cache. Memory is the peak of
what a process has for itself (RssAnon) and of all that is mapped into it (VmHWM), which includes pages of the cache
that the system takes back whenever others need them. Results: large_folder.json beside this file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

OUT = Path(__file__).with_suffix(".json")


def make(folder: Path, count: int) -> None:
    rng = np.random.default_rng(0)
    for i in range(count):
        if i % 1000 == 0:
            (folder / f"{i // 1000:03}").mkdir(parents=True)
        array = np.kron(rng.integers(0, 256, (8, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
        Image.fromarray(array).save(folder / f"{i // 1000:03}" / f"{i:06}.jpg", quality=85)


def status(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(key))


def measure(folder: Path) -> dict[str, float]:
    """What one process sees: imports, then opens, then draws 300 batches of 64."""
    import torch

    from sparring import Key
    from sparring.data.opening import open_data
    from sparring.data.preparation import Preparation

    own, done = [status("RssAnon")], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            own.append(status("RssAnon"))

    torch.set_num_threads(1)
    before = status("RssAnon")
    threading.Thread(target=watch, daemon=True).start()
    start = time.perf_counter()
    data = open_data(folder, Preparation(labels="none"))
    opened = time.perf_counter() - start
    for number in range(300):
        data.draw(64, Key(0, ("real", number)))
    done.set()
    return {
        "pictures": len(data.x),
        "seconds to open": round(opened, 2),
        "MB of its own after imports": before,
        "MB of its own at most": max(own),
        "MB mapped at most": status("VmHWM"),
    }


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, environment = Path(name, "pictures"), {**os.environ, "SPARRING_CACHE": str(Path(name, "cache"))}
        make(folder, count)
        command = [sys.executable, __file__, "--measure", str(folder)]
        results = {}
        for turn in ("first", "second"):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
            results[turn] = json.loads(done.stdout.splitlines()[-1])
    about = {"command": f"python benchmarks/speed/large_folder.py {count}", "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    content = json.dumps({**about, **results}, indent=1) + "\n"
    OUT.write_text(content, encoding="utf-8")
    print(content)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
