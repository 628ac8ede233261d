"""A text, as the places of its words in a vocabulary."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Chance
from sparring.conditions.condition import Condition, place_of
from sparring.machine.words import shown

__all__ = ["Texts"]


@dataclass(frozen=True)
class Texts(Condition):
    """A text, as the places of its words in a vocabulary, int64 [n, length]; 0 after its end.

    Attributes:
        words: The vocabulary; its first word stands for what follows the end of a text.
        length: Words of a text, at most.
        texts: Those of the data, or a part of them drawn at random: one is as likely as the other.
    """

    words: tuple[str, ...]
    length: int
    texts: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str], most: int = 1000) -> Texts:
        """All the words of some texts; of the texts `most`, at even distances, are kept to draw from."""
        split = [text.lower().split() for text in texts]
        words = sorted(set(itertools.chain(*split)))
        kept = [" ".join(split[i * len(texts) // min(most, len(texts))]) for i in range(min(most, len(texts)))]
        return cls(("", *words), max(map(len, split)), tuple(kept))

    def draw(self, chance: Chance) -> Tensor:
        """Texts of the data."""
        places = chance.integers("text", high=len(self.texts)).tolist()
        return self.parse([self.texts[place] for place in places])

    def parse(self, words: Sequence[str]) -> Tensor:
        """One text for each."""
        return torch.stack([self._parse(text) for text in words])

    def describe(self) -> str:
        """An example."""
        return f"a text of up to {self.length} of {len(self.words) - 1} words, such as {self.texts[0]!r}"

    def _parse(self, text: str) -> Tensor:
        split = text.lower().split()
        if not 0 < len(split) <= self.length:
            raise ValueError(f"{shown(text)!r} has {len(split)} words; expected 1 to {self.length}")
        row = torch.zeros(self.length, dtype=torch.long)
        row[: len(split)] = torch.tensor([place_of("word", word, self.words) for word in split])
        return row
