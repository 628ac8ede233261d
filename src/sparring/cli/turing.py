"""`sparring turing`: a page that asks people which pictures are real, and a table of what several answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from sparring.cli.options import parsed
from sparring.machine.files import write_atomically
from sparring.machine.plain import read_json
from sparring.machine.words import shown

if TYPE_CHECKING:
    from sparring.metrics.turing import Share, Tally

__all__ = ["Options", "main", "read_answers"]


@dataclass(frozen=True)
class Options:
    """Make a page that asks people which pictures are real, or merge the answers that they saved.

    The page is one file. It loads nothing and sends nothing. It also holds the right answers, in a simple code that
    is no secret.
    """

    run: Annotated[Path | None, tyro.conf.Positional] = None
    """Directory of the run."""
    n: int = 40
    """Number of pictures. Half of them are real."""
    against: str | None = None
    """Real pictures that the run was not trained on.
    Needed unless it was trained on the pictures that ship with sparring."""
    data: str | None = None
    """New path of the run's data, if they have moved. They are checked."""
    out: Path = Path("turing.html")
    """Page to write, an .html file."""
    seed: int = 0
    """Random seed of the pictures and their order."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""
    merge: tuple[Path, ...] = ()
    """Make a table of these files of answers, instead of a page."""
    json: bool = False
    """Print the table as JSON."""


def main(words: list[str]) -> int:
    """Makes the page or the table."""
    options = parsed(Options, words, "turing")
    if (options.run is None) == (not options.merge):
        raise ValueError("expected a run, or --merge with files of answers: sparring turing runs/demo")
    return make(options, options.run) if options.run else merge(options.merge, json_=options.json)


def make(options: Options, path: Path) -> int:
    """Writes the page."""
    if options.out.suffix != ".html":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .html")
    if options.n < 2 or options.n % 2:
        raise ValueError(f"--n is {options.n}; expected an even number of 2 or more. Half of the pictures are real")
    import hashlib

    from sparring.chance import Key
    from sparring.cli.held_out import held_out
    from sparring.cli.page import page
    from sparring.data.alike import changes
    from sparring.runs.run import Run

    run, half = Run.open(path, options.recipe).at(options.data), options.n // 2
    kind, sampler = run.spec.kind, run.sampler()
    generated = [kind.single(x) for x in kind.clean(sampler.sample(half, seed=options.seed))]
    if any(image is None for image in generated):
        raise ValueError(f"{str(path)!r} makes {kind.name}: people cannot judge whether one of them is real")
    examples = held_out(run, options.against, half, options.seed)
    real = [kind.single(x) for x in kind.clean(examples.examples())]
    model = hashlib.sha256((path / "model" / "average.safetensors").read_bytes()).hexdigest()
    about = {"run": path.absolute().name, "model": model}
    originals, made = ([image for image in images if image] for images in (real, generated))
    write_atomically(options.out, page(originals, made, Key(options.seed, ("turing",)), about).encode())
    print(
        f"{options.n} pictures, half of them real, in {shown(options.out)}: open it in a browser, or send it to others"
    )
    if changed := changes(examples):
        print(f"Real pictures: {changed}.")
    print("To make one table of saved answers: sparring turing --merge *.json")
    return 0


def merge(paths: Sequence[Path], *, json_: bool) -> int:
    """Prints a line for each file, and one for all."""
    from sparring.metrics.turing import tally

    files = {path: read_answers(path) for path in dict.fromkeys(paths)}
    _check_mergeable(files)
    tallies = {str(path): tally(_pairs(content)) for path, content in files.items()}
    total = tally(pair for content in files.values() for pair in _pairs(content))
    if json_:
        print(json.dumps({"files": {name: _numbers(each) for name, each in tallies.items()}, "all": _numbers(total)}))
        return 0
    from sparring.cli.table import table

    head = ("answers", "wrong", "95%", "generated taken for real", "95%", "file")
    print(table(">>>>><", [head, *(_row(each, name) for name, each in [*tallies.items(), ("all", total)])]))
    print("Guessing is wrong on 50%. The intervals assume independent answers.")
    print("Answers of one person are less independent.")
    return 0


def read_answers(path: Path) -> dict[str, Any]:
    """The file of answers that a page saved.

    Raises:
        OSError: It cannot be read.
        ValueError: It is something else, or was damaged.
    """
    try:
        content = read_json(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{str(path)!r} is not JSON ({error}): give files that the page saved") from error
    if not isinstance(content, dict) or content.get("turing") != 1:
        raise ValueError(f'{str(path)!r} holds no answers (its "turing" is not 1): give files that the page saved')
    answers = content.get("answers")
    if not isinstance(answers, list) or not answers or not all(map(_is_answer, answers)):
        raise ValueError(
            f'{str(path)!r} is damaged. Expected "answers", each with "generated" (true or false) and "said" (real '
            "or generated). Save the answers again"
        )
    if len({answer["generated"] for answer in answers}) != 2:
        raise ValueError(f"{str(path)!r} is damaged: all its pictures are real or all generated; expected both")
    return content


def _is_answer(answer: object) -> bool:
    said = ("real", "generated")
    return isinstance(answer, dict) and isinstance(answer.get("generated"), bool) and answer.get("said") in said


def _check_mergeable(files: Mapping[Path, Mapping[str, Any]]) -> None:
    """Raises ValueError if two files are the same answers, or answers about different models."""
    seen: dict[str, Path] = {}
    for path, content in files.items():
        twin = seen.setdefault(json.dumps(content, sort_keys=True), path)
        if twin != path:
            raise ValueError(f"{str(path)!r} and {str(twin)!r} are the same answers: give each once")
    (first, one), *others = files.items()
    for path, content in others:
        if content.get("model") != one.get("model"):
            raise ValueError(
                f"{str(first)!r} is about a model of {one.get('run')!r}, {str(path)!r} about another model, of "
                f"{content.get('run')!r}: merge answers about one model at a time"
            )


def _pairs(content: Mapping[str, Any]) -> list[tuple[bool, bool]]:
    return [(answer["generated"], answer["said"] == "generated") for answer in content["answers"]]


def _row(tally: Tally, name: str) -> tuple[str, ...]:
    return (str(tally.wrong.n), *_cells(tally.wrong), *_cells(tally.fooled), name)


def _cells(share: Share) -> tuple[str, str]:
    low, high = share.interval
    return f"{share.rate:.1%}", f"{low:.1%} to {high:.1%}"


def _numbers(tally: Tally) -> dict[str, Any]:
    shares = {"wrong": tally.wrong, "fooled": tally.fooled}
    return {
        name: {"count": share.count, "n": share.n, "rate": share.rate, "interval": share.interval}
        for name, share in shares.items()
    }
