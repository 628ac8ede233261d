"""Conditions: what a sampler can be asked for, such as a class, and what it is asked for when nobody says.

A condition holds what it takes to draw and to read words without the data, and stands in a run's config.json.
"""

from __future__ import annotations

import io
import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import one_hot

from sparring.chance import Chance
from sparring.kinds.drawing import from_bytes, to_bytes

__all__ = ["Attributes", "Classes", "Codes", "Condition", "Images", "Nothing", "Texts"]


class Condition(ABC):
    """What a sampler can be asked for."""

    @abstractmethod
    def draw(self, chance: Chance) -> Tensor | None:
        """As the data have it, [rows, ...]: row i depends on the chance and i; None where nothing can be asked for."""

    @abstractmethod
    def parse(self, words: Sequence[str]) -> Tensor:
        """What some words ask for, a row for each, [n, ...].

        Raises:
            ValueError: A word asks for nothing that there is.
        """

    @abstractmethod
    def describe(self) -> str:
        """What can be asked for, in words."""


@dataclass(frozen=True)
class Nothing(Condition):
    """A sampler that cannot be asked for anything."""

    def draw(self, chance: Chance) -> None:
        """Nothing."""

    def parse(self, words: Sequence[str]) -> Tensor:
        """Refuses."""
        raise ValueError(f"got {' '.join(words)!r}, but these samples cannot be asked for: the recipe has no condition")

    def describe(self) -> str:
        """That it is nothing."""
        return "nothing"


@dataclass(frozen=True)
class Classes(Condition):
    """One of some classes, as its place, int64 [n].

    Attributes:
        names: Of the classes.
        counts: How many examples of each there are: classes are drawn as often.

    Raises:
        ValueError: There are not as many counts as different names, or no examples.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.counts) or len(set(self.names)) < len(self.names):
            raise ValueError(f"got the classes {self.names} and {len(self.counts)} counts; expected one for each")
        if sum(self.counts) < 1 or min(self.counts) < 0:
            raise ValueError(f"the classes have {self.counts} examples; expected 0 or more, and 1 in all")

    @classmethod
    def of(cls, y: Tensor, names: Sequence[str] = ()) -> Classes:
        """Those of labels [N] in 0..K - 1; they are called by their numbers if they have no names."""
        counts = y.long().bincount(minlength=len(names)).tolist()
        return cls(tuple(names) or tuple(map(str, range(len(counts)))), tuple(counts))

    def draw(self, chance: Chance) -> Tensor:
        """Classes as frequent as in the data."""
        return _chosen(chance, self.counts)

    def parse(self, words: Sequence[str]) -> Tensor:
        """By their names."""
        return torch.tensor([_place("class", word, self.names) for word in words])

    def describe(self) -> str:
        """The names."""
        return f"a class: {', '.join(self.names)}"


@dataclass(frozen=True)
class Attributes(Condition):
    """Attributes that an example has, 1, or has not, 0: floats [n, K].

    Attributes:
        names: Of the K attributes.
        rows: The combinations that occur: the places of the attributes that such an example has.
        counts: How often.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, y: Tensor, names: Sequence[str]) -> Attributes:
        """Those of labels [N, K] of zeros and ones."""
        rows, counts = torch.unique(y.long(), dim=0, return_counts=True)
        return cls(tuple(names), tuple(tuple(row.nonzero()[:, 0].tolist()) for row in rows), tuple(counts.tolist()))

    def draw(self, chance: Chance) -> Tensor:
        """Combinations as frequent as in the data."""
        table = torch.stack([self._row(row) for row in self.rows])
        return table[_chosen(chance, self.counts)]

    def parse(self, words: Sequence[str]) -> Tensor:
        """Names with plus signs between them, such as `hat+glasses`; all others are absent."""
        split = ([name for name in word.split("+") if name] for word in words)
        return torch.stack([self._row([_place("attribute", name, self.names) for name in row]) for row in split])

    def describe(self) -> str:
        """The names."""
        return f"attributes, with + between them: {', '.join(self.names)}"

    def _row(self, places: Sequence[int]) -> Tensor:
        row = torch.zeros(len(self.names))
        row[list(places)] = 1
        return row


@dataclass(frozen=True)
class Codes(Condition):
    """Codes without names, which a game gives a meaning (Chen et al. 2016, https://arxiv.org/abs/1606.03657).

    Floats [n, sum of sizes + continuous]: a one in one place for each categorical code, then numbers in (-1, 1).

    Attributes:
        sizes: Values of each categorical code.
        continuous: How many codes are numbers.
    """

    sizes: tuple[int, ...] = ()
    continuous: int = 0

    def draw(self, chance: Chance) -> Tensor:
        """All values alike."""
        places = [chance.integers(f"code {i}", high=size) for i, size in enumerate(self.sizes)]
        numbers = chance.uniform("codes", self.continuous) * 2 - 1
        return self._coded(places, numbers)

    def parse(self, words: Sequence[str]) -> Tensor:
        """The values of all codes with commas between them, such as `3,0.5,-1`."""
        rows = [self._parse(word) for word in words]
        places = [torch.tensor([int(row[i]) for row in rows]) for i in range(len(self.sizes))]
        return self._coded(places, torch.tensor([row[len(self.sizes) :] for row in rows]))

    def describe(self) -> str:
        """How many there are."""
        ranges = [*(f"0 to {size - 1}" for size in self.sizes), *["-1.0 to 1.0"] * self.continuous]
        return f"codes, with commas between them: {', '.join(ranges)}"

    def _coded(self, places: Sequence[Tensor], numbers: Tensor) -> Tensor:
        return torch.cat([*(one_hot(p, size).float() for p, size in zip(places, self.sizes, strict=True)), numbers], 1)

    def _parse(self, word: str) -> list[float]:
        try:
            row = [float(part) for part in word.split(",")]
        except ValueError:
            row = []
        places = row[: len(self.sizes)]
        fits = all(place in range(size) for place, size in zip(places, self.sizes, strict=False))
        if len(row) != len(self.sizes) + self.continuous or not fits:
            raise ValueError(f"got {word!r}; expected {self.describe()}")
        return row


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
            raise ValueError(f"{text!r} has {len(split)} words; expected 1 to {self.length}")
        row = torch.zeros(self.length, dtype=torch.long)
        row[: len(split)] = torch.tensor([_place("word", word, self.words) for word in split])
        return row


@dataclass(frozen=True)
class Images(Condition):
    """A picture to make another one of, [n, C, H, W] in [-1, 1].

    Attributes:
        shape: Of one.
        examples: A few of the data's, each as the digits of its bytes: what is drawn when nobody gives one.
    """

    shape: tuple[int, int, int]
    examples: tuple[str, ...]

    @classmethod
    def of(cls, pictures: Tensor) -> Images:
        """A few pictures [n, C, H, W] in [-1, 1]."""
        channels, height, width = pictures.shape[1:]
        return cls((channels, height, width), tuple(x.numpy().tobytes().hex() for x in to_bytes(pictures)))

    def draw(self, chance: Chance) -> Tensor:
        """Those that were kept."""
        places = chance.integers("picture", high=len(self.examples))
        kept = [np.frombuffer(bytes.fromhex(text), np.uint8).reshape(self.shape) for text in self.examples]
        return from_bytes(torch.from_numpy(np.stack(kept)))[places]

    def parse(self, words: Sequence[str]) -> Tensor:
        """From files of pictures, which are resized."""
        return torch.stack([self._read(Path(word)) for word in words])

    def describe(self) -> str:
        """That it is a file."""
        channels, height, width = self.shape
        return f"a file of a picture, which is made {height} x {width} with {channels} channels"

    def _read(self, path: Path) -> Tensor:
        channels, height, width = self.shape
        try:
            with Image.open(io.BytesIO(path.read_bytes())) as image:
                resized = image.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels]).resize((width, height))
        except (OSError, Image.DecompressionBombError) as error:
            raise ValueError(f"{str(path)!r} is no picture that can be read ({error})") from error
        return from_bytes(torch.from_numpy(np.atleast_3d(np.array(resized)))).permute(2, 0, 1)


def _chosen(chance: Chance, counts: Sequence[int]) -> Tensor:
    """Places [rows], as frequent as the counts say."""
    edges = torch.tensor(counts, dtype=torch.float64).cumsum(0)
    return torch.searchsorted(edges / edges[-1], chance.uniform("given").double(), right=True)


def _place(what: str, word: str, names: Sequence[str]) -> int:
    if word not in names:
        raise ValueError(f"there is no {what} {word!r}; there are {', '.join(names[:50])}")
    return names.index(word)
