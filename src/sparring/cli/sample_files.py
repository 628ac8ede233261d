"""What `sparring sample` writes: a writer for each kind of place that samples can go to."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from sparring.evaluation.pictures import below
from sparring.kinds import formats
from sparring.kinds.kind import Files
from sparring.machine.files import file_atomically, folder_atomically, write_atomically
from sparring.machine.progress import steps
from sparring.machine.words import shown
from sparring.runs import files
from sparring.samplers import Sampler

__all__ = [
    "Samples", "write_array", "write_arrays", "write_folder", "write_picture", "write_table", "write_zip",
]  # fmt: skip


@dataclass(frozen=True)
class Samples:
    """Samples that are yet to be drawn.

    Attributes:
        run: Where the sampler comes from.
        weights: Which ones it has.
        sampler: Draws them.
        n: How many.
        seed: Decides which.
        given: What each is asked for, [n, ...].
        words: The same in words, used in turn.
        row: A picture of all has rows of so many samples, each below its words; 0 for a square.
        heads: What its columns hold; () for a square.
    """

    run: Path
    weights: str
    sampler: Sampler
    n: int
    seed: int
    given: Tensor | None = None
    words: Sequence[str] = ()
    row: int = 0
    heads: Sequence[str] = ()

    def all(self) -> Tensor:
        """All of them [n, ...], clean."""
        return self.sampler.kind.clean(self.sampler.sample(self.n, given=self.given, seed=self.seed))

    def files(self, ending: str) -> Files:
        """The files that people open, pictures with that ending, drawn as they are asked for."""
        with steps("sampling", self.n) as advance:
            parts = self._parts(advance)
            yield from self.sampler.kind.files(parts, self.n, ending, lambda i: f"sample {i}{self.origin(i)}")

    def _parts(self, advance: Callable[[int], None]) -> Iterator[Tensor]:
        for part in self.sampler.parts(self.n, given=self.given, seed=self.seed):
            yield self.sampler.kind.clean(part)
            advance(len(part))

    def origin(self, i: int | None = None) -> str:
        """Where samples come from, or sample i; without the place of the run on this machine."""
        given = f", asked for {shown(self.words[i % len(self.words)])}" if self.words and i is not None else ""
        run = shown(self.run.absolute().name)
        return f" of {run}, seed {self.seed}{given}, {self.weights} weights, model SHA-256 {self._model[:16]}"

    @cached_property
    def _model(self) -> str:
        file = self.run / files.MODEL / f"{self.weights}.safetensors"
        return hashlib.sha256(file.read_bytes()).hexdigest()


def write_picture(samples: Samples, path: Path, *, grid: bool = False) -> None:
    """One picture of all; of one sample the sample itself, if it is a picture and no grid is asked for."""
    x, kind = samples.all(), samples.sampler.kind
    alone = kind.single(x[0]) if len(x) == 1 and not grid else None
    about = f"{len(x)} sample{'s' * (len(x) > 1)}{samples.origin()}"
    image = alone or (by_words(samples, x) if samples.row else kind.show_columns({"generated": x}, samples.heads))
    write_atomically(path, formats.encode(image, path.suffix.lower(), about, sheet=alone is None))


def by_words(samples: Samples, x: Tensor) -> Image:
    """Rows of samples [n, ...] below the words they were asked for."""
    kind, parts = samples.sampler.kind, torch.split(x, samples.row)
    rows = [kind.row(part) or kind.show({"generated": part}) for part in parts]
    return below(zip(samples.words[:: samples.row], rows, strict=True))


def write_table(samples: Samples, path: Path) -> None:
    """The one file that holds all."""
    samples.sampler.kind.save(samples.all(), path)


def write_folder(samples: Samples, path: Path, ending: str = "") -> None:
    """Single files."""
    with folder_atomically(path) as folder:
        for name, content in samples.files(ending):
            folder.joinpath(name).write_bytes(content)


def write_zip(samples: Samples, path: Path, ending: str = "") -> None:
    """The same files in an archive whose bytes depend on them alone."""
    with file_atomically(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = f"samples{samples.origin()}".encode()
        for name, content in samples.files(ending):
            entry = zipfile.ZipInfo(name)  # of 1980
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def write_array(samples: Samples, path: Path) -> None:
    """The numbers."""
    buffer = io.BytesIO()
    np.save(buffer, samples.sampler.kind.array(samples.all()))
    write_atomically(path, buffer.getvalue())


def write_arrays(samples: Samples, path: Path) -> None:
    """The numbers, with what was asked for."""
    buffer = io.BytesIO()
    given: dict[str, Any] = {} if samples.given is None else {"given": samples.given.numpy()}
    np.savez_compressed(buffer, samples=samples.sampler.kind.array(samples.all()), **given)
    write_atomically(path, buffer.getvalue())
