"""A model card: what a generator is, what it was trained on, how good it is and what it cannot do, in Markdown.

Its head is YAML, as the Hugging Face Hub reads it; each value there is JSON, which YAML takes as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sparring.export.origin import commands, first_weights
from sparring.export.scores import Scores, stored
from sparring.export.subject import Subject, UnsuitedError
from sparring.machine.words import shown
from sparring.runs import files, listing

__all__ = ["card", "facts", "first", "limits"]

_CHOOSE = "Choose the licence of the generator: `license`, in the first lines of this file."


def card(subject: Subject) -> str:
    """The card."""
    origin, scores = subject.origin, stored(subject)
    sections = {
        "Use": _use(subject),
        "Data": [*(f"- {name}: {_escaped(text)}" for name, text in facts(subject).items()), "", _CHOOSE],
        "How good it is": list(_figures(scores)),
        "Copies": [_escaped(scores.copies)],
        "Limits": [f"- {_escaped(text)}" for text in limits(subject)],
        "How it was made": [_code("\n".join(commands(subject.run))), "", *_versions(subject)],
    }
    head = [f"# {_escaped(subject.title)}", "", f"{_escaped(first(subject))}"]
    body = [line for name, lines in sections.items() for line in ("", f"## {name}", "", *lines)]
    notice = ["", _escaped(f"Attribution: {origin.attribution}")] if origin.attribution else []
    return "\n".join([*_head(subject), *head, *notice, *body, ""])


def facts(subject: Subject) -> dict[str, str]:
    """What the card and the page say of the data and the training, by name."""
    origin, run = subject.origin, listing.summary(subject.run.path)
    return {
        "Trained on": origin.name,
        "Examples": f"{origin.count:,}",
        "Licence of the data": origin.licence,
        "SHA-256 of the data": origin.sha256,
        "Recipe": subject.run.recipe,
        "Rounds": f"{run.round:,} of {run.rounds:,}",
        "First weights": first_weights(subject.run) or "random",
        "Weights": f"{subject.weights}, SHA-256 of their file {subject.model}",
    }


def limits(subject: Subject) -> list[str]:
    """What the generator cannot do and what its scores do not say, a sentence or two each."""
    kind, origin = subject.sampler.kind, subject.origin
    return [
        f"It makes {kind.name} of {kind.sized(subject.shape)}, and of no other size.",
        f"It was trained on {origin.count:,} examples and knows nothing else. What is rare among them may be missing.",
        "Scores are about many samples. They do not say whether one sample is good, or whether people find it real.",
        "Scores hold for the features, the data and the number of samples that stand beside them.",
        "A search for copies does not find every copy. Look at samples before you publish them.",
        "Scores and this card do not say whether the data were chosen fairly, or what you may do with samples.",
    ]


def first(subject: Subject) -> str:
    """What it is, in a sentence or two."""
    kind, asked = subject.sampler.kind, subject.sampler.condition.describe()
    given = "" if asked == "nothing" else f" It can be asked for {asked}."
    return f"A generator of {kind.name} of {kind.sized(subject.shape)}, made with sparring.{given}"


def _head(subject: Subject) -> list[str]:
    values: dict[str, Any] = {
        "license": "unknown",
        "library_name": "sparring",
        "tags": ["gan", subject.run.recipe, subject.sampler.kind.name],
        "model_name": subject.title,
    }
    return ["---", *(f"{name}: {json.dumps(value)}" for name, value in values.items()), "---", ""]


def _use(subject: Subject) -> list[str]:
    """The few lines that draw samples from the ONNX file."""
    try:
        inputs = subject.generator.inputs(1)
    except UnsuitedError as error:
        return [_escaped(str(error))]
    draws = {"normal": "standard_normal(({n}, {z}))", "uniform": "uniform(-{r}, {r}, ({n}, {z}))"}
    about, size = subject.metadata(), inputs[0].shape[1]
    latent, reach = about["latent"], float(about.get("latent_reach", "1"))
    if latent not in draws:
        return [f"Latents are {latent} of {size} numbers: see the metadata of `generator.onnx`."]
    given = f', "given": numpy.zeros(16, "{str(inputs[1].dtype)[6:]}")' if len(inputs) > 1 else ""
    return [
        "```python",
        "import numpy",
        "import onnxruntime",
        "",
        'session = onnxruntime.InferenceSession("generator.onnx")',
        f'latents = numpy.random.default_rng(0).{draws[latent].format(n=16, z=size, r=f"{reach:g}")}.astype("float32")',
        f'samples = session.run(None, {{"latents": latents{given}}})[0]',
        "```",
    ]


def _figures(scores: Scores) -> Iterator[str]:
    """A table, and sentences."""
    if scores.lines:
        yield f"| {' | '.join(scores.COLUMNS)} |"
        yield "|---" * len(scores.COLUMNS) + "|"
        yield from (f"| {' | '.join(map(_escaped, line.cells))} |" for line in scores.lines)
        yield ""
    yield "\n\n".join(map(_escaped, scores.words))


def _versions(subject: Subject) -> list[str]:
    sessions = files.read_config(subject.run.path)["sessions"]
    each = {name: sessions[-1][name] for name in ("sparring", "torch", "numpy", "python")}
    resumed = f" It was continued {len(sessions) - 1} times." if len(sessions) > 1 else ""
    return [_escaped(f"With {', '.join(f'{name} {version}' for name, version in each.items())}.{resumed}")]


def _code(text: str) -> str:
    """A block in which nothing is markup."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _escaped(text: str) -> str:
    """Text in which nothing is markup, on one line, and can be printed."""
    return re.sub(r"([\\`*_{}\[\]()#|<>~&$!])", r"\\\1", shown(" ".join(text.split())))
