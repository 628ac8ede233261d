"""An embedding that reads tokens, and rows of weights that are only nearly tokens."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["TokenEmbedding", "tiny"]


class TokenEmbedding(nn.Embedding):
    """torch's embedding, which also takes rows: of a row with a single 1 it gives the vector of that token.

    The reading of rows is that of Kusner and Hernandez-Lobato (2016), https://arxiv.org/abs/1611.04051, and RelGAN.
    """

    def forward(self, words: Tensor) -> Tensor:
        """Tokens [...] int64, or weights [..., V] of the first V tokens, to vectors [..., E]."""
        return words @ self.weight[: words.shape[-1]] if words.is_floating_point() else super().forward(words)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(TokenEmbedding(3, 5), (4, 3), (4, 5))]
