"""EfficientNet-Lite0, a classifier of ImageNet's pictures whose features serve metrics.

Tan and Le (2019, table 1, https://arxiv.org/abs/1905.11946): blocks of a widening, a depthwise and a narrowing
convolution (Sandler et al. 2018, https://arxiv.org/abs/1801.04381). The Lite variant, of the authors too, leaves out
squeeze and excitation and puts ReLU6 for swish (https://github.com/tensorflow/tpu, models/official/efficientnet/lite).
Padding is TensorFlow's "same". Parameters are named as in github.com/lukemelas/EfficientNet-PyTorch, whose converted
weights load as they are. Dropout and stochastic depth are left out: it is here to be used, not to be trained.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn.functional import pad

__all__ = ["STAGES", "EfficientNetLite", "tiny"]

Stage = tuple[int, int, int, int, int]

STAGES: Sequence[Stage] = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
"""Kernel, stride of the first block, expansion, channels and blocks of each stage of table 1."""


class EfficientNetLite(nn.Module):
    """From colour pictures [n, 3, H, W] in [-1, 1] to logits [n, classes]; trained at 224 x 224.

    Args:
        stages: The blocks; without them those of Lite0.
        stem: Channels before them.
        head: Channels after them, the features.
        classes: How many classes there are.
    """

    def __init__(self, stages: Sequence[Stage] = STAGES, stem: int = 32, head: int = 1280, classes: int = 1000) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = _convolution(3, stem, 3, 2), _norm(stem)
        blocks, width = [], stem
        for kernel, stride, expansion, channels, count in stages:
            for place in range(count):
                blocks.append(_Block(width, channels, kernel, 1 if place else stride, expansion))
                width = channels
        self._blocks = nn.Sequential(*blocks)
        self._conv_head, self._bn1 = _convolution(width, head, 1), _norm(head)
        self._fc = nn.Linear(head, classes)
        self._relu = nn.ReLU6(inplace=True)

    def maps(self, x: Tensor) -> Tensor:
        """What the blocks make of pictures [n, 3, H, W] in [-1, 1]: [n, 320, H / 32, W / 32], rounded up."""
        bytes = 127.5 * x + 127.5
        y: Tensor = self._blocks(self._relu(self._bn0(self._conv_stem((bytes - 127) / 128))))
        return y

    def narrow(self, x: Tensor) -> Tensor:
        """The mean [n, 320] of `maps` over the picture."""
        return self.maps(x).mean((2, 3))

    def head(self, maps: Tensor) -> Tensor:
        """The mean [n, 1280] over the picture of the last convolution of `maps`, 0 to 6."""
        y: Tensor = self._relu(self._bn1(self._conv_head(maps)))
        return y.mean((2, 3))

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees [n, 1280] of pictures [n, 3, H, W] in [-1, 1]."""
        return self.head(self.maps(x))

    def forward(self, x: Tensor) -> Tensor:
        """[n, 3, H, W] to [n, classes]."""
        logits: Tensor = self._fc(self.features(x))
        return logits


class _Block(nn.Module):
    """Widens by `expansion`, filters each channel, narrows; added to its input where the shapes allow it."""

    def __init__(self, n_in: int, n_out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        width = n_in * expansion
        self.wide = expansion > 1
        if self.wide:
            self._expand_conv, self._bn0 = _convolution(n_in, width, 1), _norm(width)
        self._depthwise_conv, self._bn1 = _convolution(width, width, kernel, stride, width), _norm(width)
        self._project_conv, self._bn2 = _convolution(width, n_out, 1), _norm(n_out)
        self._relu = nn.ReLU6(inplace=True)
        self.residual = stride == 1 and n_in == n_out

    def forward(self, x: Tensor) -> Tensor:
        wide = self._relu(self._bn0(self._expand_conv(x))) if self.wide else x
        filtered = self._relu(self._bn1(self._depthwise_conv(wide)))
        y: Tensor = self._bn2(self._project_conv(filtered))
        return x + y if self.residual else y


class _Strided(nn.Conv2d):
    """A convolution of stride 2 with TensorFlow's padding: an odd pixel too many goes to the right and the bottom."""

    def forward(self, x: Tensor) -> Tensor:
        total = [max(self.kernel_size[0] - 2 + side % 2, 0) for side in x.shape[:1:-1]]  # of width, of height
        return super().forward(pad(x, [part for n in total for part in (n // 2, n - n // 2)]))


def _convolution(n_in: int, n_out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    if stride == 1:
        return nn.Conv2d(n_in, n_out, kernel, padding=kernel // 2, groups=groups, bias=False)
    return _Strided(n_in, n_out, kernel, stride, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    stages = [(3, 1, 1, 4, 1), (5, 2, 2, 6, 2)]
    return [(EfficientNetLite(stages, 4, 8, 3), shape, (3,)) for shape in ((3, 17, 16), (3, 24, 24))]
