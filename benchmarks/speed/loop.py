"""What the trainer costs: rounds of it against rounds of a loop written by hand, same networks, optimizer and batch.

Usage: python benchmarks/speed/loop.py [THREADS]      (about two minutes; on a machine that does nothing else)

The loop by hand is the usual one: two draws of noise, a detach, zero_grad, backward, fused Adam. Blocks of rounds of
the variants are interleaved in random order in one process; the figure is the ratio of medians: above 1 the trainer is
the faster one. Results: loop.json beside this file.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import softplus

from sparring import GAN, MLP, Alternating, InMemory, Key, Normal, Phase, Simultaneous, Trainer
from sparring.dynamics.dynamics import Dynamics
from sparring.machine.files import write_atomically
from sparring.networks.dcgan import Discriminator, Generator

OUT = Path(__file__).with_suffix(".json")
Nets = Callable[[], tuple[nn.Module, nn.Module, int]]
CASES: dict[str, tuple[Nets, tuple[int, ...]]] = {
    "perceptrons on points, batch 64": (lambda: (MLP(8, 128, 128, 2), MLP(2, 128, 128, 1, logits=True), 8), (2,)),
    "DCGAN 28x28, width 32, batch 64": (
        lambda: (Generator((1, 28, 28), 100, 32), Discriminator((1, 28, 28), 32), 100),
        (1, 28, 28),
    ),
}


def adam(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(module.parameters(), 2e-4, betas=(0.5, 0.999), fused=True)


def by_hand(nets: Nets, data: torch.Tensor) -> Callable[[], None]:
    g, d, size = nets()
    opt_g, opt_d = adam(g), adam(d)

    def play() -> None:
        real = data[torch.randint(len(data), (64,))]
        fake = g(torch.randn(64, size))
        opt_d.zero_grad()
        (softplus(-d(real)).mean() + softplus(d(fake.detach())).mean()).backward()
        opt_d.step()
        opt_g.zero_grad()
        softplus(-d(g(torch.randn(64, size)))).mean().backward()
        opt_g.step()

    return play


def by_trainer(nets: Nets, data: torch.Tensor, dynamics: Dynamics) -> Callable[[], object]:
    g, d, size = nets()
    game = GAN(g, d, Normal(size))
    optimizers = {"discriminator": adam(d), "generator": adam(g)}
    return Trainer(Phase(game, optimizers, {"real": InMemory(data)}, 10**9, dynamics)).play_round


def compare(nets: Nets, shape: tuple[int, ...], seconds: float = 50.0) -> dict[str, float]:
    data = Key(0).normal("data", (10_000, *shape))
    variants = {
        "by hand": by_hand(nets, data),
        "alternating": by_trainer(nets, data, Alternating()),
        "simultaneous": by_trainer(nets, data, Simultaneous()),
    }
    times: dict[str, list[float]] = {name: [] for name in variants}
    end, order = time.perf_counter() + seconds, random.Random(0)
    while time.perf_counter() < end:
        for name in order.sample(list(variants), len(variants)):
            start = time.perf_counter()
            for _ in range(10):
                variants[name]()
            times[name].append((time.perf_counter() - start) / 10)
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    ratios = {f"{name}, times as fast": round(medians["by hand"] / medians[name], 2) for name in list(variants)[1:]}
    return {"by hand, milliseconds a round": round(1000 * medians["by hand"], 2), **ratios}


def main() -> None:
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    torch.set_num_threads(threads)
    record = {
        "command": f"python benchmarks/speed/loop.py {threads}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "torch": torch.__version__,
        "cases": {name: compare(*case) for name, case in CASES.items()},
    }
    write_atomically(OUT, json.dumps(record, indent=1).encode())
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
