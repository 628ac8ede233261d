"""Maxout: each unit is the largest of a few linear functions (Goodfellow et al. 2013, https://arxiv.org/abs/1302.4389)."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["Maxout", "tiny"]


class Maxout(nn.Module):
    """From [B, n_in] to [B, units], each the largest of `pieces` linear functions, as in section 3 there.

    Between two pieces it has a kink; pieces that are equal share the gradient.

    Args:
        n_in: Inputs.
        units: Outputs.
        pieces: Linear functions of a unit.

    Attributes:
        linear: All pieces of all units, from [B, n_in] to [B, pieces units]: unit i has rows i, units + i, ...

    Raises:
        ValueError: A number is not positive.

    Example:
        >>> import torch
        >>> layer = Maxout(1, 1, 2)  # of x and -x: the absolute value
        >>> layer.load_state_dict({"linear.weight": torch.tensor([[1.0], [-1.0]]), "linear.bias": torch.zeros(2)})
        <All keys matched successfully>
        >>> layer(torch.tensor([[-3.0], [2.0]])).tolist()
        [[3.0], [2.0]]
    """

    def __init__(self, n_in: int, units: int, pieces: int) -> None:
        super().__init__()
        if min(n_in, units, pieces) < 1:
            raise ValueError(f"n_in, units, pieces are {n_in}, {units}, {pieces}; expected 1 or more of each")
        self.linear, self.pieces = nn.Linear(n_in, pieces * units), pieces

    def forward(self, x: Tensor) -> Tensor:
        """[B, n_in] to [B, units]."""
        pieces: Tensor = self.linear(x)
        return pieces.reshape(len(x), self.pieces, -1).amax(1)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small layers with the shapes of one input and one output."""
    return [(Maxout(3, 4, 5), (3,), (4,)), (Maxout(2, 1, 1), (2,), (1,))]
