"""The benchmark of upsampling computes all gradients, in the layout that it names."""

import importlib
from pathlib import Path

import pytest
import torch

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(Path(__file__).parents[3] / "benchmarks" / "speed")
    upsampling = importlib.import_module("upsampling")


@pytest.mark.parametrize("layer", [upsampling.apart(3, 2), upsampling.UpsampledConv2d(3, 2)], ids=["apart", "at once"])
def test_gradients_of_all_in_both_layouts(layer):
    contiguous, channels_last = (
        upsampling.both_ways(layer, torch.randn(2, 3, 4, 5), layout)() for layout in upsampling.LAYOUTS.values()
    )
    assert [list(g.shape) for g in contiguous] == [[2, 3, 4, 5], [2, 3, 3, 3], [2]]
    assert contiguous[0].is_contiguous()
    assert channels_last[0].is_contiguous(memory_format=torch.channels_last)


def test_variants_start_with_the_base():
    assert list(upsampling.variants(2, 3, 2, 4)) == [
        "apart",
        "apart, channels last",
        "at once",
        "at once, channels last",
    ]
