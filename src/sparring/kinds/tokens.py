"""Sequences of tokens: lines of text, and what is said of them by their pairs of neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import torch
from PIL import Image
from torch import Tensor

from sparring.kinds import drawing
from sparring.kinds.kind import About, Files, Kind, nothing
from sparring.machine.words import printable, shown

__all__ = ["BUCKETS", "Tokens", "distinct"]

BUCKETS = 4093
"""Columns of the counts of bigrams, at most: a prime, so that those of a large vocabulary share them evenly."""

SHOWN = 20
"""Lines in a picture."""


@dataclass(frozen=True)
class Tokens(Kind):
    """Sequences [n, length] of places in a vocabulary, int64.

    Attributes:
        vocabulary: The text of each token.
        length: Tokens of a sequence, with what fills it up.
        end: The place of the token after which nothing is read, and with which sequences are filled up; None where all
            are of full length.
        between: What stands between the tokens of a text: nothing between letters, a space between words.

    Raises:
        ValueError: A token occurs twice or has no text, or there is no such end.
    """

    name: ClassVar[str] = "sequences"
    vector: ClassVar[str] = "counts of bigrams"
    ending: ClassVar[str] = ".txt"
    measures: ClassVar[tuple[str, ...]] = ("bigrams", "kernel")
    quick: ClassVar[str] = "bigrams"
    continuous: ClassVar[bool] = False

    vocabulary: tuple[str, ...]
    length: int
    end: int | None = None
    between: str = ""

    def __post_init__(self) -> None:
        if len(set(self.vocabulary)) < len(self.vocabulary) or not all(self.vocabulary):
            raise ValueError(f"the vocabulary has {len(self.vocabulary)} tokens; expected different ones, none empty")
        if self.end is not None and not 0 <= self.end < len(self.vocabulary):
            raise ValueError(f"the end is token {self.end} of {len(self.vocabulary)}; expected one of the vocabulary")

    def clean(self, samples: Tensor) -> Tensor:
        """Filled up with the end after its first occurrence."""
        if self.end is None:
            return samples
        return torch.where((samples == self.end).cummax(dim=1).values, self.end, samples)

    def texts(self, samples: Tensor) -> list[str]:
        r"""The text of each sequence, up to its end; line breaks in it are \n and \r, a backslash is \\."""
        rows = [[token for token in row if token != self.end] for row in self.clean(samples).tolist()]
        return [_escaped(self.between.join(self.vocabulary[token] for token in row)) for row in rows]

    def lines(self, samples: Tensor) -> list[str]:
        """The texts, without anything that a terminal would obey."""
        return [printable(text) for text in self.texts(samples)]

    def parse(self, text: str) -> Tensor:
        """The sequence [length] of a text as `texts` gives it; of tokens that begin alike the longest is read.

        Raises:
            ValueError: It holds something that is no token, or too many tokens.
        """
        plain = re.sub(r"\\(.)", lambda found: _BREAKS.get(found[1], found[1]), text)
        words = plain.split(self.between) if self.between and plain else self._pattern.findall(plain)
        if unknown := [word for word in words if word not in self._places]:
            raise ValueError(
                f"{shown(unknown[0])!r} in {shown(text)!r} is not a token of the vocabulary: leave that text out"
            )
        short = len(words) < self.length and self.end is None
        if len(words) > self.length or short:
            least = self.length if self.end is None else 0
            raise ValueError(f"{shown(text)!r} has {len(words)} tokens; expected {least} to {self.length}")
        places = [self._places[word] for word in words]
        return torch.tensor(places + [self.end or 0] * (self.length - len(places)))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {token: place for place, token in enumerate(self.vocabulary)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Any token, the longest first, or else any character."""
        longest = sorted(self.vocabulary, key=len, reverse=True)
        return re.compile("|".join([*map(re.escape, longest), "."]), re.DOTALL)

    def show(self, sets: Mapping[str, Tensor]) -> Image.Image:
        """The first lines of each set, side by side."""
        return drawing.text({name: self.texts(x[:SHOWN]) for name, x in sets.items()})

    def single(self, example: Tensor) -> Image.Image:
        """The text."""
        return drawing.text({"": self.texts(example[None])}, widest=240)

    def files(self, samples: Iterable[Tensor], count: int, ending: str = "", about: About = nothing) -> Files:
        """`sequences.txt`, a line for each."""
        texts = self.texts(torch.cat([*samples]))
        yield "sequences.txt", "".join(f"{text}\n" for text in texts).encode()

    def load(self, path: Path) -> Tensor:
        """The sequences of a text, a line for each."""
        file = path / "sequences.txt" if path.is_dir() else path
        lines = file.read_text(encoding="utf-8").split("\n")
        if len(lines) < 2:
            raise ValueError(f"{str(file)!r} has no lines: expected a sequence in each")
        return torch.stack([self.parse(line) for line in (lines[:-1] if not lines[-1] else lines)])

    def vectors(self, samples: Tensor) -> Tensor:
        """How often each pair of neighbours occurs before the end, the end included, [n, V^2] or `BUCKETS` columns."""
        tokens, size = self.clean(samples), len(self.vocabulary)
        pairs = tokens[:, :-1] * size + tokens[:, 1:]
        read = torch.ones_like(pairs) if self.end is None else (tokens[:, :-1] != self.end).long()
        counts = torch.zeros(len(tokens), min(size * size, BUCKETS))
        return counts.scatter_add_(1, pairs % counts.shape[1], read.float())

    def summary(self, samples: Tensor, real: Tensor, training: Tensor | None = None) -> dict[str, float]:
        """How varied and how long they are, how many differ, and how many were seen in training."""
        found = {f"distinct-{n}": distinct(samples, n, self.end) for n in (1, 2)}
        found["share of different ones"] = len(torch.unique(samples, dim=0)) / len(samples)
        ends = torch.zeros_like(samples) if self.end is None else (samples == self.end)
        found["mean length"] = (samples.shape[1] - ends.sum(dim=1)).float().mean().item()
        if training is not None:
            known = set(map(tuple, self.clean(training).tolist()))
            found["share seen in training"] = sum(tuple(row) in known for row in samples.tolist()) / len(samples)
        return found


def distinct(samples: Tensor, n: int, end: int | None = None) -> float:
    """The share of different ones among all runs of `n` tokens before the end, of all sequences [m, length] together.

    Distinct-n of Li et al. (2016), https://arxiv.org/abs/1510.03055, section 5.3. It falls with the number of samples:
    compare it for as many.
    """
    runs = samples.unfold(1, n, 1).reshape(-1, n)
    runs = runs if end is None else runs[(runs != end).all(dim=1)]
    return len(torch.unique(runs, dim=0)) / max(1, len(runs))


_BREAKS = {"n": "\n", "r": "\r"}


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    for letter, sign in _BREAKS.items():
        escaped = escaped.replace(sign, f"\\{letter}")
    return escaped
