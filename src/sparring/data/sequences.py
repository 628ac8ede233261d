"""Sequences of tokens: the lines of a text, and random Markov chains, of which everything is known."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.kinds.tokens import Tokens

__all__ = ["Markov", "coded", "read", "sequences"]


def sequences(x: Tensor, kind: Tokens) -> InMemory:
    """A set of sequences [N, length], whose digest is also of what the tokens are called."""
    content = repr((kind, tuple(x.shape))).encode() + x.contiguous().numpy().tobytes()
    return InMemory(x, sha256=hashlib.sha256(content).hexdigest(), kind=kind)


def read(path: Path, *, words: bool = False, longest: int = 40) -> InMemory:
    """The lines of a text in UTF-8, each a sequence; its tokens are those that occur, in the order of the alphabet.

    Args:
        path: A file. Empty lines are left out.
        words: Whether tokens are words, with spaces between them, or else characters.
        longest: Tokens of a sequence, at most: longer lines are left out, with a warning.

    Raises:
        ValueError: It is no such text, or has fewer than two such lines.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise ValueError(f"{str(path)!r} cannot be read as text ({error}): give a .txt in UTF-8") from error
    whole = [tokens for line in lines if (tokens := line.split() if words else list(line.strip()))]
    short = [tokens for tokens in whole if len(tokens) <= longest]
    if len(short) < 2:
        raise ValueError(
            f"{str(path)!r} has {len(short)} lines of 1 to {longest} {'words' if words else 'characters'}; expected "
            "2 or more, a sequence in each: split them, or give a larger --longest"
        )
    if len(short) < len(whole):
        warnings.warn(f"{len(whole) - len(short):,} of {len(whole):,} lines are longer: left out", stacklevel=2)
    return coded(short, " " if words else "")


def coded(rows: Sequence[Sequence[str]], between: str) -> InMemory:
    """Rows of tokens as places in a vocabulary of all; a line break, which no line has, is the end if one is needed."""
    vocabulary, length = sorted(set().union(*rows)), max(map(len, rows))
    ragged = any(len(row) < length for row in rows)
    vocabulary += ["\n"] if ragged else []
    places = {token: place for place, token in enumerate(vocabulary)}
    end = places.get("\n") if ragged else None
    x = torch.tensor([[places[token] for token in row] + [end or 0] * (length - len(row)) for row in rows])
    return sequences(x, Tokens(tuple(vocabulary), length, end, between))


@dataclass(frozen=True, eq=False)
class Markov:
    """A Markov chain on V tokens.

    Attributes:
        start: Log-probabilities [V] of the first token, nats.
        step: Log-probabilities [V, V] of what follows each token.
    """

    start: Tensor
    step: Tensor

    @staticmethod
    def random(vocabulary: int, spread: float, seed: int = 0) -> Markov:
        """A chain whose logits are normal with the standard deviation `spread`; the larger, the less entropy."""
        logits = spread * Key(seed, ("markov",)).normal("logits", (vocabulary + 1, vocabulary), torch.float64)
        return Markov(logits[0].log_softmax(0), logits[1:].log_softmax(1))

    def sample(self, n: int, length: int, seed: int = 0) -> Tensor:
        """`n` sequences [n, length]; sequence i depends on the seed and i only."""
        luck = Key(seed, ("sequences",)).uniform("luck", (n, length), torch.float64)
        tokens = [torch.searchsorted(self.start.exp().cumsum(0)[:-1], luck[:, 0].contiguous())]
        bounds = self.step.exp().cumsum(1)[:, :-1]
        for place in range(1, length):
            tokens.append(torch.searchsorted(bounds[tokens[-1]], luck[:, place, None].contiguous())[:, 0])
        return torch.stack(tokens, 1)

    def log_likelihood(self, x: Tensor) -> Tensor:
        """Nats [n] of sequences [n, length]."""
        return self.start[x[:, 0]] + self.step[x[:, :-1], x[:, 1:]].sum(1)

    def entropy(self, length: int) -> float:
        """Of a sequence, nats: the entropy of the first token, and of each other one given the one before it."""
        place, total = self.start.exp(), -(self.start.exp() * self.start).sum()
        each = -(self.step.exp() * self.step).sum(1)
        for _ in range(length - 1):
            total = total + place @ each
            place = place @ self.step.exp()
        return float(total)
