"""Numbers in another range."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["Scaled", "tiny"]


class Scaled(nn.Module):
    """x times a scale, plus a shift: `Scaled(0.5, 0.5)` takes pictures in [-1, 1] to [0, 1].

    Args:
        scale: The scale.
        shift: The shift.
    """

    def __init__(self, scale: float, shift: float) -> None:
        super().__init__()
        self.scale, self.shift = scale, shift

    def forward(self, x: Tensor) -> Tensor:
        """[...] to the same shape."""
        return self.scale * x + self.shift


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(nn.Sequential(Scaled(0.5, 0.5), nn.Linear(4, 3)), (4,), (3,))]
