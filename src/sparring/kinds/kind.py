"""What an example is: how it is shown to people, saved as files that they open, and compared with others.

Runs, their pages and their measurements know nothing else of their samples: a new kind is a new module in this folder,
or in a recipe of your own. It is a frozen dataclass that holds what it takes to show and to save samples without the
data: `sparring.machine.plain` writes it into a run's config.json and reads it back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sparring.machine.files import write_atomically

__all__ = ["About", "Files", "Kind", "nothing"]

Files = Iterator[tuple[str, bytes]]
"""Names of files, and their contents."""

About = Callable[[int], str]
"""Where the example of a number comes from."""


def nothing(number: int) -> str:
    """Says nothing of an example."""
    return ""


class Kind(ABC):
    """What examples [n, ...] are."""

    name: ClassVar[str]
    """What people call them, in the plural."""

    shown: ClassVar[int] = 64
    """So many of them make a picture of a set."""

    vector: ClassVar[str] = "pixels"
    """What `vectors` are called in reports."""

    misleads: ClassVar[str] = ""
    """Why comparing `vectors` alone may flatter samples, in a sentence; "" where it does not."""

    continuous: ClassVar[bool] = True
    """Whether copies are sought by distances, which are never equal; a kind of other examples counts copies itself."""

    ending: ClassVar[str] = ""
    """Of a file, such as .csv, that holds all of them; none without."""

    formats: ClassVar[tuple[str, ...]] = ()
    """The endings, such as .png, that `files` can be asked for; none where there is no choice."""

    range: ClassVar[tuple[float, float] | None] = None
    """Between which numbers clean samples are; None if that is not known."""

    measures: ClassVar[tuple[str, ...]]
    """How samples are measured unless somebody asks otherwise: names in `sparring.evaluation.measures.MEASURES`."""

    quick: ClassVar[str]
    """What is measured in training: a name in `sparring.evaluation.measures.QUICK`."""

    @abstractmethod
    def show(self, sets: Mapping[str, Tensor]) -> Image.Image:
        """One picture of some sets of examples [n, ...] by name, such as real and generated."""

    def show_columns(self, sets: Mapping[str, Tensor], heads: Sequence[str]) -> Image.Image:
        """The same of sets for square grids, under words for each column; kinds that have no grids do without them."""
        return self.show(sets)

    @abstractmethod
    def files(self, samples: Iterable[Tensor], count: int, ending: str = "", about: About = nothing) -> Files:
        """The files that people open, one after the other: their names, and what is in them.

        Args:
            samples: Examples [m, ...], clean, a part after the other.
            count: How many there are in all.
            ending: One of `formats`; without it the first.
            about: Where an example comes from, by its number.
        """

    def save(self, samples: Tensor, path: Path) -> list[Path]:
        """Saves clean examples [n, ...] as files in a folder, or into one file of the kind's `ending`."""
        contents = dict(self.files([samples], len(samples)))
        if self.ending and path.suffix.lower() == self.ending:
            name = next(name for name in contents if name.endswith(self.ending))
            written = {path: contents[name]}
        else:
            written = {path / name: content for name, content in contents.items()}
        for file, content in written.items():
            write_atomically(file, content)
        return list(written)

    @abstractmethod
    def load(self, path: Path) -> Tensor:
        """Examples [n, ...] from what `save` wrote: the folder, or the file that holds them all.

        Raises:
            ValueError: There is something else.
        """

    def clean(self, samples: Tensor) -> Tensor:
        """Samples [n, ...] as they are shown, saved and compared, such as without what overshoots the range."""
        return samples

    def array(self, samples: Tensor) -> NDArray[Any]:
        """Samples as numbers for other programs, [n, ...]."""
        return np.asarray(self.clean(samples).numpy())

    def vectors(self, samples: Tensor) -> Tensor:
        """Clean samples as floats [n, D] whose distances mean something."""
        return samples.flatten(1).float()

    def sized(self, shape: tuple[int, ...]) -> str:
        """An example of that shape in words, such as `2 numbers`."""
        return f"{' x '.join(map(str, shape))} numbers"

    def classified(self, shape: tuple[int, ...]) -> bool:
        """Whether the shipped classifier of digits and garments is for examples of that shape."""
        return False

    def features(self, shape: tuple[int, ...]) -> str:
        """What examples of that shape are compared by: a name in `sparring.evaluation.measures.FEATURES`."""
        return "classifier" if self.classified(shape) else "pixels"

    def size(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """What decides whether scores of examples of that shape may be compared."""
        return tuple(shape)

    def single(self, example: Tensor) -> Image.Image | None:
        """A picture of one example [...]; None where one alone says nothing to people."""
        return None

    def row(self, examples: Tensor) -> Image.Image | None:
        """A few examples [n, ...] side by side, in places of one width; None where `single` is or they are too wide."""
        return None

    def summary(self, samples: Tensor, real: Tensor, training: Tensor | None = None) -> dict[str, float]:
        """Figures of clean samples [n, ...] by name, for a table in which real ones have a column too.

        Args:
            samples: What is looked at.
            real: Real examples to compare with.
            training: Those that may have been copied.
        """
        return {}

    @property
    def lacking(self) -> str:
        """What `summary` leaves out for want of a package, and how to get it, in a sentence; "" if nothing."""
        return ""

    @property
    def summarised(self) -> bool:
        """Whether `summary` says anything."""
        return type(self).summary is not Kind.summary

    def lines(self, samples: Tensor) -> list[str]:
        """Clean samples [n, ...] as lines for a terminal; none of kinds that are not read as text."""
        return []

    @property
    def printed(self) -> bool:
        """Whether a terminal can show samples."""
        return type(self).lines is not Kind.lines

    def preparation(self, shape: tuple[int, ...]) -> Mapping[str, Any] | None:
        """How `sparring.data.preparation.Preparation` makes examples of that shape; None if `load` reads them."""
        return None
