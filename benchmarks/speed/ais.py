"""How long annealed importance sampling takes for the decoder of Wu et al., extrapolated from few temperatures.

Usage: python benchmarks/speed/ais.py [THREADS]      (about a minute; on a machine that does nothing else)

A decoder 10-64-256-256-1024-784 with random weights, 100 pictures of its own, 16 chains each: two runs with few
temperatures, whose difference is the time of a temperature, the steps' own run included; by the clock, and as computing
on all threads together, which other work on the machine disturbs less. Results: ais.json beside this file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import nn

from sparring import MLP, Key
from sparring.machine.files import write_atomically
from sparring.metrics.ais import REDUCED, ais

OUT = Path(__file__).with_suffix(".json")
VARIANCE = 0.025
FEW, MORE = 2, 8


def main() -> None:
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    decoder = nn.Sequential(MLP(10, 64, 256, 256, 1024, 784), nn.Sigmoid()).eval()
    with torch.no_grad():
        x = decoder(Key(0).normal("z", (REDUCED.pictures, 10)))
    x += VARIANCE**0.5 * Key(0).normal("noise", x.shape)

    def clocks(temperatures: int) -> tuple[float, float]:
        wall, cpu = time.perf_counter(), time.process_time()
        ais(decoder, x, latent=10, variance=VARIANCE, temperatures=temperatures, chains=REDUCED.chains)
        return time.perf_counter() - wall, time.process_time() - cpu

    clocks(FEW)  # the first is slower
    few, more = clocks(FEW), clocks(MORE)
    wall, cpu = ((b - a) / (MORE - FEW) for a, b in zip(few, more, strict=True))
    record = {
        "command": f"python benchmarks/speed/ais.py {threads}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "torch": torch.__version__,
        "pictures, chains": [REDUCED.pictures, REDUCED.chains],
        "load of the machine": round(os.getloadavg()[0], 1),
        "seconds a temperature": round(wall, 2),
        "seconds of computing a temperature": round(cpu, 2),
        f"minutes for {REDUCED.temperatures:,} temperatures": round(wall * REDUCED.temperatures / 60, 1),
        f"minutes of computing for {REDUCED.temperatures:,} temperatures": round(cpu * REDUCED.temperatures / 60, 1),
    }
    write_atomically(OUT, json.dumps(record, indent=1).encode())
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
