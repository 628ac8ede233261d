"""Inception v3 as the Fréchet Inception distance uses it: TensorFlow's graph of 2015-12-05, for other people's weights.

The architecture is Szegedy et al.'s (2015, https://arxiv.org/abs/1512.00567, table 1, figures 5 to 7 and 10), the names
are pytorch-fid's (https://github.com/mseitzer/pytorch-fid). The graph differs from torchvision's network: average pools
do not count padding, the last block pools by maximum, there are 1,008 classes and no auxiliary classifier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["FEATURES", "SIDE", "InceptionV3", "prepared", "tensorflow_bilinear", "tiny"]

FEATURES = 2048
SIDE = 299
"""Height and width of the pictures that it was trained on."""

Kernel = int | tuple[int, int]
Convolution = tuple[int, Kernel] | tuple[int, Kernel, int]
"""Channels that come out, height and width of the kernel, the stride if it is not 1."""

Step = list[Convolution]
"""Convolutions of the same input; what they give is put together."""

Pool = Callable[[Tensor], Tensor]

average: Pool = partial(functional.avg_pool2d, kernel_size=3, stride=1, padding=1, count_include_pad=False)
maximum: Pool = partial(functional.max_pool2d, kernel_size=3, stride=1, padding=1)
halving: Pool = partial(functional.max_pool2d, kernel_size=3, stride=2)


class Unit(nn.Module):
    """A convolution without bias, batch norm, and a rectifier."""

    def __init__(self, n_in: int, n_out: int, kernel: Kernel, stride: int = 1, *, padded: bool = True) -> None:
        super().__init__()
        rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (rows // 2, columns // 2) if padded else 0
        self.conv = nn.Conv2d(n_in, n_out, (rows, columns), stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(n_out, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """[n, n_in, H, W] to [n, n_out, H', W'], 0 or more."""
        return functional.relu(self.bn(self.conv(x)))


class Mixed(nn.ModuleDict):
    """Branches side by side, their channels one after another; the last branch is a pool.

    Args:
        n_in: Channels that come in.
        branches: The steps of each.
        pool: The last branch.
        n_pool: Channels of the convolution after the pool, 0 for none.
    """

    def __init__(self, n_in: int, branches: Mapping[str, list[Step]], pool: Pool, n_pool: int = 0) -> None:
        super().__init__()
        self.pool = pool
        self.branches = [_names(branch, steps) for branch, steps in branches.items()]
        for names, steps in zip(self.branches, branches.values(), strict=True):
            n = n_in
            for level, step in zip(names, steps, strict=True):
                for name, (n_out, kernel, *stride) in zip(level, step, strict=True):
                    self[name] = Unit(n, n_out, kernel, *stride, padded=not stride)
                n = sum(convolution[0] for convolution in step)
        if n_pool:
            self["branch_pool"] = Unit(n_in, n_pool, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[n, n_in, H, W] to [n, the sum of all branches, H', W']."""
        pooled = self.pool(x)
        last = self["branch_pool"](pooled) if "branch_pool" in self else pooled
        return torch.cat([*(self._branch(names, x) for names in self.branches), last], dim=1)

    def _branch(self, names: list[list[str]], x: Tensor) -> Tensor:
        for level in names:
            parts = [self[name](x) for name in level]
            x = torch.cat(parts, dim=1) if len(parts) > 1 else parts[0]
        return x


def _names(branch: str, steps: list[Step]) -> list[list[str]]:
    """The published names: numbered where there are several steps, with letters where a step has two convolutions."""
    numbers = [f"_{i}" for i in range(1, len(steps) + 1)] if len(steps) > 1 else [""]
    letters = [["a", "b"] if len(step) > 1 else [""] for step in steps]
    return [[branch + number + letter for letter in pair] for number, pair in zip(numbers, letters, strict=True)]


def _at_35(n_in: int, n_pool: int) -> Mixed:
    """Figure 5, but with a 5 x 5 convolution as in figure 4. 35 is the side of what a picture of 299 has become."""
    branches: dict[str, list[Step]] = {
        "branch1x1": [[(64, 1)]],
        "branch5x5": [[(48, 1)], [(64, 5)]],
        "branch3x3dbl": [[(64, 1)], [(96, 3)], [(96, 3)]],
    }
    return Mixed(n_in, branches, average, n_pool)


def _to_17(n_in: int) -> Mixed:
    """Figure 10."""
    double: list[Step] = [[(64, 1)], [(96, 3)], [(96, 3, 2)]]
    return Mixed(n_in, {"branch3x3": [[(384, 3, 2)]], "branch3x3dbl": double}, halving)


def _at_17(n_in: int, c: int) -> Mixed:
    """Figure 6."""
    row, column = (1, 7), (7, 1)
    once: list[Step] = [[(c, 1)], [(c, row)], [(192, column)]]
    twice: list[Step] = [[(c, 1)], [(c, column)], [(c, row)], [(c, column)], [(192, row)]]
    return Mixed(n_in, {"branch1x1": [[(192, 1)]], "branch7x7": once, "branch7x7dbl": twice}, average, 192)


def _to_8(n_in: int) -> Mixed:
    """As figure 10, with 7 x 7."""
    wide: list[Step] = [[(192, 1)], [(192, (1, 7))], [(192, (7, 1))], [(192, 3, 2)]]
    return Mixed(n_in, {"branch3x3": [[(192, 1)], [(320, 3, 2)]], "branch7x7x3": wide}, halving)


def _at_8(n_in: int, pool: Pool) -> Mixed:
    """Figure 7."""
    pair: Step = [(384, (1, 3)), (384, (3, 1))]
    double: list[Step] = [[(448, 1)], [(384, 3)], pair]
    return Mixed(n_in, {"branch1x1": [[(320, 1)]], "branch3x3": [[(384, 1)], pair], "branch3x3dbl": double}, pool, 192)


class InceptionV3(nn.Sequential):
    """From pictures [n, 3, H, W], 75 a side or more, in [-1, 1) as `prepared` gives them, to logits [n, 1008]."""

    def __init__(self) -> None:
        super().__init__()
        layers: dict[str, nn.Module] = {
            "Conv2d_1a_3x3": Unit(3, 32, 3, 2, padded=False),
            "Conv2d_2a_3x3": Unit(32, 32, 3, padded=False),
            "Conv2d_2b_3x3": Unit(32, 64, 3),
            "pool_1": nn.MaxPool2d(3, 2),
            "Conv2d_3b_1x1": Unit(64, 80, 1),
            "Conv2d_4a_3x3": Unit(80, 192, 3, padded=False),
            "pool_2": nn.MaxPool2d(3, 2),
            "Mixed_5b": _at_35(192, 32),
            "Mixed_5c": _at_35(256, 64),
            "Mixed_5d": _at_35(288, 64),
            "Mixed_6a": _to_17(288),
            "Mixed_6b": _at_17(768, 128),
            "Mixed_6c": _at_17(768, 160),
            "Mixed_6d": _at_17(768, 160),
            "Mixed_6e": _at_17(768, 192),
            "Mixed_7a": _to_8(768),
            "Mixed_7b": _at_8(1280, average),
            "Mixed_7c": _at_8(2048, maximum),
            "pool_3": nn.AdaptiveAvgPool2d(1),
            "flat": nn.Flatten(),
            "fc": nn.Linear(FEATURES, 1008),
        }
        for name, layer in layers.items():
            self.add_module(name, layer)

    def features(self, x: Tensor) -> Tensor:
        """[n, 3, H, W] to what the last layer sees, [n, 2048], 0 or more."""
        for layer in list(self)[:-1]:
            x = layer(x)
        return x


def tensorflow_bilinear(x: Tensor, side: int = SIDE) -> Tensor:
    """Pictures [n, C, H, W] resized to [n, C, side, side] as TensorFlow 1 does it.

    Output pixel i lies at i * H / side, so that the first pixels of both meet and the last repeats; nothing is averaged
    when pictures shrink. The places are rounded to single precision, as there (resize_bilinear_op.cc).
    """
    for dim in (3, 2):
        last = x.shape[dim] - 1
        scale = torch.tensor(x.shape[dim] / side, dtype=torch.float32, device=x.device)
        places = torch.arange(side, dtype=torch.float32, device=x.device) * scale
        low = places.long()
        share = (places - low).to(x.dtype).reshape(-1, *[1] * (3 - dim))
        a, b = x.index_select(dim, low), x.index_select(dim, (low + 1).clamp(max=last))
        x = a + (b - a) * share
    return x


def prepared(pictures: Tensor) -> Tensor:
    """Bytes [n, 3, H, W] as the network takes them, [n, 3, 299, 299] from -1 to 127 / 128."""
    return (tensorflow_bilinear(pictures.float()) - 128) / 128


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """The network with the shapes of the smallest input and its output; its weights have one size only."""
    return [(InceptionV3(), (3, 75, 75), (1008,))]
