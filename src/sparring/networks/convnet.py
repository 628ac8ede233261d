"""A small convolutional classifier of grey pictures of 28 x 28, whose features serve metrics.

Convolutions with batch norm and rectifiers (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167), the first of
stride 2 and the others followed by max pooling; then 128 features and a linear layer.
"""

from __future__ import annotations

from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm1d, BatchNorm2d

__all__ = ["FEATURES", "ConvNet", "tiny"]

FEATURES = 128


class ConvNet(nn.Module):
    """From pictures [n, 1, 28, 28] in [-1, 1] to logits [n, classes].

    Args:
        classes: How many classes there are.
        width: Channels after the first convolution; the second and third have 2 and 4 times as many.
    """

    def __init__(self, classes: int = 20, width: int = 24) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_convolution(1, width, 5, 2),
            *_convolution(width, 2 * width, 3),
            nn.MaxPool2d(2),
            *_convolution(2 * width, 4 * width, 3),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * width * 3 * 3, FEATURES, bias=False),
            BatchNorm1d(FEATURES),
            nn.ReLU(inplace=True),
        )
        self.head = nn.Linear(FEATURES, classes)

    def features(self, x: Tensor) -> Tensor:
        """[n, 1, 28, 28] to the rectified values [n, 128] that the last layer sees.

        Raises:
            ValueError: The pictures have another shape.
        """
        if x.shape[1:] != (1, 28, 28):
            raise ValueError(
                f"got pictures of shape {list(x.shape)}; expected [n, 1, 28, 28]: resize them and make them grey"
            )
        y: Tensor = self.body(x)
        return y

    def forward(self, x: Tensor) -> Tensor:
        """[n, 1, 28, 28] to [n, classes]."""
        logits: Tensor = self.head(self.features(x))
        return logits


def _convolution(n_in: int, n_out: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=False)
    return [convolution, BatchNorm2d(n_out), nn.ReLU(inplace=True)]


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(ConvNet(3, 4), (1, 28, 28), (3,))]
