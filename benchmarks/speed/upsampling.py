"""Upsampling and a 3 x 3 convolution: one layer against two, forwards and backwards, in both layouts of memory.

Usage: python benchmarks/speed/upsampling.py [SECONDS]      (15 for each case; on a machine that does nothing else)

Cases are layers of DCGANs, by batch, channels before and after, and side before. Time is taken by `interleaved.py`;
above 1 is faster than upsampling and convolution apart and contiguous. Results: upsampling.json beside this file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from interleaved import Play, circumstances, compare, summary
from torch import nn

from sparring.layers.upsampling import UpsampledConv2d
from sparring.machine.files import write_atomically

OUT = Path(__file__).with_suffix(".json")
CASES = ((64, 128, 128, 8), (64, 128, 64, 16), (64, 512, 256, 4), (64, 64, 3, 32), (1, 128, 128, 8))
LAYOUTS = {"": torch.contiguous_format, ", channels last": torch.channels_last}


def apart(before: int, after: int) -> nn.Module:
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1))


def both_ways(layer: nn.Module, x: torch.Tensor, layout: torch.memory_format) -> Play:
    """A pass forwards, and the gradients of input and parameters."""
    layer.to(memory_format=layout)  # type: ignore[call-overload]
    x = x.detach().to(memory_format=layout).requires_grad_()
    slope = torch.randn_like(layer(x))
    return lambda: torch.autograd.grad(layer(x), (x, *layer.parameters()), slope)


def variants(batch: int, before: int, after: int, side: int) -> dict[str, Play]:
    x = torch.randn(batch, before, side, side)
    kinds = {"apart": apart, "at once": UpsampledConv2d}
    return {
        name + suffix: both_ways(make(before, after), x, layout)
        for name, make in kinds.items()
        for suffix, layout in LAYOUTS.items()
    }


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    torch.set_num_threads(1)
    record = circumstances(f"python benchmarks/speed/upsampling.py {seconds:g}")
    for batch, before, after, side in CASES:
        name = f"batch {batch}, {before} to {after} channels, {side} x {side} to {2 * side} x {2 * side}"
        record[name] = compare(variants(batch, before, after, side), seconds)
        print(name, *summary(record[name]), sep="\n  ")
    write_atomically(OUT, json.dumps(record, indent=1).encode())


if __name__ == "__main__":
    main()
