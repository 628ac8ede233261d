"""The page of a generator: one HTML file that makes samples in the browser and loads nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sparring.cli.page import filled
from sparring.machine.words import shown

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.export.runtime import Runtime
    from sparring.export.scores import Stored
    from sparring.export.subject import Subject

__all__ = ["check", "page"]

REFERENCE_SEED, REFERENCES, REFERENCE_NUMBERS = 0, 16, 2**18
"""The page compares its samples of this seed with PyTorch's: so many, or fewer if they hold more numbers than that."""


def check(subject: Subject) -> None:
    """Makes sure that there can be a page, before anything is fetched for it.

    Raises:
        UnsuitedError: There cannot.
    """
    from sparring.export.subject import UnsuitedError, choices, distribution

    kind, shape = subject.sampler.kind, subject.shape
    if kind.range != (-1.0, 1.0) or len(shape) != 3 or shape[0] not in {1, 3, 4}:
        raise UnsuitedError(f"a page shows grey or colour pictures; this run makes {kind.name} of {list(shape)}")
    distribution(subject.generator.latent)
    choices(subject.generator.condition)


def page(subject: Subject, runtime: Runtime) -> str:
    """The page.

    Args:
        subject: A run whose samples it shows; see `check`.
        runtime: What runs the generator.
    """
    from sparring.export.card import first
    from sparring.export.onnx_file import onnx_file

    return filled(
        "generator.html",
        title=_html(subject.title),
        first=_html(first(subject)),
        facts=_facts(subject),
        scores=_scores(subject),
        limits=_limits(subject),
        data=json.dumps(_data(subject)).replace("<", "\\u003c"),
        model=_text(onnx_file(subject)),
        wasm=_text(gzip.compress(runtime.wasm, 9, mtime=0)),
        runtime=runtime.script,
        runtime_hash=f"sha256-{_text(hashlib.sha256(runtime.script.encode()).digest())}",
    )


def _data(subject: Subject) -> Mapping[str, Any]:
    """What the script of the page has to know."""
    import torch

    from sparring.export.onnx_file import INPUTS, OUTPUT
    from sparring.export.subject import choices, distribution

    sampler = subject.generator
    latent = distribution(sampler.latent)
    count = max(1, min(REFERENCES, REFERENCE_NUMBERS // torch.Size(subject.shape).numel()))
    inputs = sampler.inputs(count, seed=REFERENCE_SEED)
    reference = {
        "seed": REFERENCE_SEED,
        "count": count,
        "latents": _floats(inputs[0]),
        "given": [] if len(inputs) == 1 else inputs[1].tolist(),
        "samples": _floats(sampler.sample(count, seed=REFERENCE_SEED)),
    }
    return {
        "title": subject.title,
        "shape": list(subject.shape),
        "latent": {**latent, "address": _address("sample", latent["draw"])},
        "classes": {**choices(sampler.condition), "address": _address("given", "given")},
        "inputs": INPUTS,
        "output": OUTPUT,
        "reference": reference,
    }


def _address(path: str, name: str) -> str:
    """What `sparring.chance.Key` hashes, without the seed that it begins with."""
    address = repr((0, (path,), name)).removeprefix("(0")
    assert len(address.encode()) < 100, "with the seed it is one block of BLAKE2b"
    return address


def _facts(subject: Subject) -> str:
    """A list of names and texts."""
    from sparring.export.card import facts
    from sparring.export.origin import commands

    rows = {**facts(subject), "Commands": "; ".join(commands(subject.run))}
    return "\n".join(f"<dt>{_html(name)}</dt><dd>{_html(text)}</dd>" for name, text in rows.items())


def _scores(subject: Subject) -> str:
    """A table, and sentences."""
    from sparring.export.scores import stored

    scores = stored(subject)
    head = "".join(f'<th scope="col">{name}</th>' for name in scores.COLUMNS)
    rows = "\n".join(_row(line) for line in scores.lines)
    table = f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>'
    words = "\n".join(f"<p>{_html(text)}</p>" for text in (*scores.words, scores.copies))
    return f"{table}\n{words}" if rows else words


def _row(line: Stored) -> str:
    name, *cells = map(_html, line.cells)
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _limits(subject: Subject) -> str:
    from sparring.export.card import limits

    return "\n".join(f"<li>{_html(text)}</li>" for text in limits(subject))


def _html(text: str) -> str:
    """Text in which nothing is markup, and can be printed."""
    return html.escape(shown(text))


def _floats(x: Tensor) -> str:
    return _text(x.float().contiguous().numpy().astype("<f4").tobytes())


def _text(content: bytes) -> str:
    """Bytes as text, base64."""
    return base64.b64encode(content).decode()
