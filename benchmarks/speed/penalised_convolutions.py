"""The gradient of a penalty on slopes through a convolution: plain, grouped, and 1 x 1 as a product of matrices.

Usage: python benchmarks/speed/penalised_convolutions.py [SECONDS]      (15 for each case; on an idle machine)

Cases are layers of `networks.r3gan`, by channels before and after, and side. A batch has 64 real and 64 generated
pictures. Time is taken by `interleaved.py`; above 1 is faster than the first. Results:
penalised_convolutions.json beside this file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from interleaved import Play, circumstances, compare, summary
from torch import nn
from torch.nn.functional import leaky_relu

from sparring.layers.pointwise import Pointwise
from sparring.machine.files import write_atomically

OUT = Path(__file__).with_suffix(".json")
CASES = ((8, 16, 32), (16, 32, 16), (32, 64, 8), (64, 128, 4))
LAYOUTS = {"": torch.contiguous_format, ", channels last": torch.channels_last}


def penalised(layer: nn.Module, channels: int, side: int, layout: torch.memory_format) -> Play:
    """What R1 and R2 ask of a layer: the slope in its input, and the gradient of the slope's size."""
    layer.to(memory_format=layout)  # type: ignore[call-overload]
    x = torch.randn(128, channels, side, side).to(memory_format=layout).requires_grad_()

    def play() -> object:
        (slope,) = torch.autograd.grad(leaky_relu(layer(x), 0.2).square().sum(), x, create_graph=True)
        return torch.autograd.grad(slope.square().sum(), layer.weight)

    return play


def variants(before: int, after: int, side: int) -> dict[str, dict[str, Play]]:
    """In the 1 x 1 layers and in the 3 x 3 ones, which keep the number of channels."""
    one = {"convolution": lambda: nn.Conv2d(before, after, 1), "product": lambda: Pointwise(before, after)}
    groups = {"plain": 1, "groups of 16": max(1, after // 16), "groups of 8": max(1, after // 8), "each alone": after}
    three = {name: lambda n=n: nn.Conv2d(after, after, 3, padding=1, groups=n) for name, n in groups.items()}
    return {
        size: {
            name + suffix: penalised(make(), channels, side, layout)
            for name, make in makes.items()
            for suffix, layout in LAYOUTS.items()
        }
        for size, makes, channels in (("1 x 1", one, before), ("3 x 3", three, after))
    }


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    torch.set_num_threads(1)
    record = circumstances(f"python benchmarks/speed/penalised_convolutions.py {seconds:g}")
    for before, after, side in CASES:
        for size, plays in variants(before, after, side).items():
            name = f"{size}, {before if size == '1 x 1' else after} to {after} channels, {side} x {side}"
            record[name] = compare(plays, seconds)
            print(name, *summary(record[name]), sep="\n  ")
    write_atomically(OUT, json.dumps(record, indent=1).encode())


if __name__ == "__main__":
    main()
