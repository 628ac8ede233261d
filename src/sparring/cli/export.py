"""`sparring export RUN`: a run's generator as ONNX, safetensors, a model card and a page that makes samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.options import parsed
from sparring.machine.files import write_atomically
from sparring.machine.words import printable, shown

if TYPE_CHECKING:
    from sparring.export.subject import Subject

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Write a run's generator as files for other programs and people.

    generator.onnx is for programs without PyTorch. generator.safetensors has the weights. README.md is a model card.
    page.html makes samples in a browser, without a server or a network.
    """

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    out: Path | None = None
    """Folder for the files. Unset: RUN/export."""
    only: tuple[Literal["onnx", "safetensors", "card", "page"], ...] = ()
    """Write only these files."""
    title: str | None = None
    """Title of the card and the page. Unset: the name of the run."""
    licence: str | None = None
    """Licence of the training data, if sparring does not know it."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the weights. raw: the last weights."""
    ort: Path | None = None
    """The npm package onnxruntime-web, which the page needs: a .tgz file or a folder.
    Unset: npm fetches it once (33 MB)."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""


@dataclass(frozen=True)
class Part:
    """One file.

    Attributes:
        file: Its name.
        make: Its content.
        needs: Packages of the extra `export`.
    """

    file: str
    make: Callable[[Subject, Options], bytes]
    about: str


def main(words: list[str]) -> int:
    """Makes all files, then writes them."""
    options = parsed(Options, words, "export")
    out = options.out or options.run / "export"
    wanted = {name: PARTS[name] for name in options.only or PARTS}
    taken = [part.file for part in wanted.values() if options.out and (out / part.file).exists()]
    if taken:
        raise FileExistsError(f"{str(out)!r} has {', '.join(taken)} already: choose another --out, or remove them")
    from sparring.export.subject import Subject

    subject = Subject.open(
        options.run, options.weights, title=options.title, licence=options.licence, recipe=options.recipe
    )
    made, failures = _made(subject, options, wanted)
    if not made:
        raise ValueError("; ".join(str(error) for error in failures.values()))
    for name, content in made.items():
        write_atomically(out / wanted[name].file, content)
        print(f"{shown(out / wanted[name].file)}  {wanted[name].about}")
    for name, error in failures.items():
        print(printable(f"Not written: {wanted[name].file}. {error}"))
    return 2 if any(isinstance(error, OSError | ModuleNotFoundError) for error in failures.values()) else 0


def _made(
    subject: Subject, options: Options, wanted: Mapping[str, Part]
) -> tuple[dict[str, bytes], dict[str, Exception]]:
    """The content of each file, and why there is none of others: the run is not for it, or something is missing here.

    Raises:
        ValueError: A file failed its check.
    """
    from sparring.export.runtime import MissingRuntimeError
    from sparring.export.subject import UnsuitedError

    made: dict[str, bytes] = {}
    failures: dict[str, Exception] = {}
    for name, part in wanted.items():
        try:
            made[name] = part.make(subject, options)
        except (UnsuitedError, MissingRuntimeError) as error:
            failures[name] = error
        except ModuleNotFoundError as error:
            failures[name] = ModuleNotFoundError(f"{error.name} is missing: pip install 'sparring[export]'")
    return made, failures


def _onnx(subject: Subject, options: Options) -> bytes:
    from sparring.export.onnx_file import onnx_file

    return onnx_file(subject)


def _safetensors(subject: Subject, options: Options) -> bytes:
    from sparring.export.safetensors_file import safetensors_file

    return safetensors_file(subject)


def _card(subject: Subject, options: Options) -> bytes:
    from sparring.export.card import card

    return card(subject).encode()


def _page(subject: Subject, options: Options) -> bytes:
    from sparring.cli.generator_page import check, page
    from sparring.export import runtime
    from sparring.export.onnx_file import onnx_file

    check(subject)
    onnx_file(subject)  # what may fail comes before what is fetched
    return page(subject, runtime.find(options.ort, print)).encode()


PARTS = {
    "onnx": Part("generator.onnx", _onnx, "for programs without PyTorch; same samples as PyTorch, apart from rounding"),
    "safetensors": Part("generator.safetensors", _safetensors, "the weights"),
    "card": Part("README.md", _card, "the model card: read it and complete it"),
    "page": Part("page.html", _page, "makes samples: open it in a browser"),
}
