"""A recurrent network that writes: the probability of each token given those before it (Cho et al. 2014)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Self

import torch
from torch import Tensor, nn

from sparring.chance import Chance, Key
from sparring.layers.token_embedding import TokenEmbedding
from sparring.samplers import Sampler

__all__ = ["CELLS", "LSTM", "Recurrent", "RecurrentSampler", "Rounded", "tiny"]


class LSTM(nn.LSTMCell):
    """Long short-term memory, whose state [B, 2 width] is its output and then its memory."""

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:  # type: ignore[override]
        """The state after inputs [B, width]."""
        return torch.cat(super().forward(x, state if state is None else state.chunk(2, 1)), 1)  # type: ignore[arg-type]


CELLS: dict[str, Callable[[int, int], nn.Module]] = {"gru": nn.GRUCell, "lstm": LSTM}
"""What there is to remember with, by name."""


class Recurrent(nn.Module):
    """A recurrent network from tokens [B, length] to log-probabilities.

    Args:
        vocabulary: Tokens.
        length: Of a sequence.
        width: Of embeddings and of the state.
        end: The token after which there is nothing but itself; None where all sequences are of full length.
        cell: One of `CELLS`: "gru" (https://arxiv.org/abs/1406.1078) or "lstm".
    """

    def __init__(self, vocabulary: int, length: int, width: int, end: int | None = None, cell: str = "gru") -> None:
        super().__init__()
        self.vocabulary, self.length, self.end = vocabulary, length, end
        self.embedding = TokenEmbedding(vocabulary + 1, width)  # the last one stands before the first token
        self.cell, self.head = CELLS[cell](width, width), nn.Linear(width, vocabulary)

    def forward(self, words: Tensor) -> Tensor:
        """Log-probabilities [B, length, V], in nats, of what may stand at each place, given the tokens before it."""
        before = torch.cat([self.start(len(words)), words[:, :-1]], 1)
        pairs = zip(before.unbind(1), self._states(before), strict=True)
        return torch.stack([self.following(token, state) for token, state in pairs], 1)

    def log_likelihood(self, words: Tensor) -> Tensor:
        """Nats [B] of sequences [B, length]."""
        chosen: Tensor = self(words).gather(2, words[..., None]).sum((1, 2))
        return chosen

    @torch.no_grad()
    def write(self, luck: Tensor, words: Tensor | None = None, kept: Tensor | None = None) -> Tensor:
        """Sequences [B, length], written by uniform numbers.

        Args:
            luck: Numbers in (0, 1), [B, length]: token t is the quantile t of its distribution.
            words: Sequences [B, length] that have been begun; none without.
            kept: How many tokens of each are kept, [B].
        """
        written = torch.zeros(luck.shape, dtype=torch.int64, device=luck.device) if words is None else words.clone()
        kept = torch.zeros_like(written[:, 0]) if kept is None else kept
        token, state = self.start(len(luck))[:, 0], None
        for place in range(self.length):
            state = self.cell(self.embedding(token), state)
            (free,) = (kept <= place).nonzero(as_tuple=True)
            bounds = self.following(token[free], state[free]).exp().cumsum(1)[:, :-1]
            written[free, place] = (luck[free, place, None] > bounds).sum(1)
            token = written[:, place]
        return written

    def tempered(self, temperature: float) -> Self:
        """A copy that takes each token with its probability to the power 1 / temperature, normalised anew.

        Below 1 likely tokens become likelier, above 1 less likely ones do.

        Raises:
            ValueError: The temperature is not above 0.
        """
        if not temperature > 0:
            raise ValueError(f"the temperature is {temperature}; expected more than 0, such as 0.8")
        other = copy.deepcopy(self)
        for p in other.head.parameters():
            p.data /= temperature
        return other

    def start(self, rows: int) -> Tensor:
        """What stands before the first token, [rows, 1]."""
        return torch.full((rows, 1), self.vocabulary, device=self.head.weight.device)

    def _states(self, before: Tensor) -> Iterator[Tensor]:
        """The state [B, S] after each token of [B, length]."""
        state = None
        for vectors in self.embedding(before).unbind(1):
            state = self.cell(vectors, state)
            yield state

    def following(self, token: Tensor, state: Tensor) -> Tensor:
        """Log-probabilities [B, V] of what follows a token [B] in a state [B, S]."""
        logits: Tensor = self.head(state[:, : self.head.in_features])
        if self.end is not None:
            others = torch.arange(self.vocabulary, device=token.device) != self.end
            logits = logits.masked_fill((token == self.end)[:, None] & others, -torch.inf)
        return logits.log_softmax(1)


class RecurrentSampler(Sampler):
    """Sequences of a recurrent network, whose likelihood is known."""

    def __init__(self, generator: Recurrent) -> None:
        super().__init__()
        self.generator = generator

    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """`n` sequences [n, length] on the CPU."""
        if n < 1 or given is not None:
            raise ValueError(f"n is {n}; expected at least 1 sample and no `given`: this network takes no condition")
        return self.made(Key(seed, ("sample",)).rows(n))

    def made(self, chance: Chance, given: Tensor | None = None) -> Tensor:
        """Of that luck."""
        luck = chance.uniform("luck", self.generator.length)
        parts = torch.split(luck.to(self.generator.head.weight), 1024)
        return torch.cat([self.generator.write(part).cpu() for part in parts])

    @torch.no_grad()
    def log_likelihood(self, x: Tensor) -> Tensor:
        """Nats [n] of sequences [n, length]; minus infinity of those that go on after their end."""
        parts = torch.split(x.to(self.generator.head.weight.device), 1024)
        return torch.cat([self.generator.log_likelihood(part).cpu() for part in parts])

    def tempered(self, temperature: float) -> RecurrentSampler:
        """The same at a temperature, with its likelihood: see `Recurrent.tempered`."""
        return RecurrentSampler(self.generator.tempered(temperature)).of(self.kind)


class Rounded(nn.Module):
    """Any numbers as tokens: for the contract of networks, which gives them numbers."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def forward(self, x: Tensor) -> Tensor:
        """[B, ...] to int64 of the same shape."""
        return (x.abs() * 10).long() % self.vocabulary


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [(nn.Sequential(Rounded(3), Recurrent(3, 4, 6, cell=cell)), (4,), (4, 3)) for cell in CELLS]
