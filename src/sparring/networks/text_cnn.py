"""A convolutional network that reads sequences of tokens (Kim 2014, https://arxiv.org/abs/1408.5882)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from sparring.layers.token_embedding import TokenEmbedding
from sparring.networks.recurrent import Rounded

__all__ = ["TextCNN", "tiny"]


class TextCNN(nn.Module):
    """Convolutions of several widths over embeddings, the largest value of each along the sequence, a logit.

    Args:
        vocabulary: Tokens.
        width: Of embeddings, and channels of each convolution.
        spans: How many neighbouring tokens each convolution sees; no more than a sequence has.
    """

    def __init__(self, vocabulary: int, width: int, spans: Sequence[int] = (1, 2, 3)) -> None:
        super().__init__()
        self.embedding = TokenEmbedding(vocabulary, width)
        self.convolutions = nn.ModuleList(nn.Conv1d(width, width, span) for span in spans)
        self.head = nn.Sequential(nn.LeakyReLU(0.2), nn.Linear(width * len(spans), 1), nn.Flatten(0))

    def forward(self, words: Tensor) -> Tensor:
        """Tokens [B, length], or rows of weights [B, length, V], to logits [B]."""
        vectors = self.embedding(words).transpose(1, 2)
        logits: Tensor = self.head(torch.cat([layer(vectors).amax(2) for layer in self.convolutions], 1))
        return logits


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(nn.Sequential(Rounded(3), TextCNN(3, 6)), (5,), ()), (TextCNN(3, 6), (5, 3), ())]
