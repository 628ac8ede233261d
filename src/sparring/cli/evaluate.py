"""`sparring evaluate RUN`, `sparring evaluate FOLDER --against DATA`: how good, how varied, how much memorised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.table import table

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.evaluation import Line
    from sparring.metrics.extractors import Extractor
    from sparring.metrics.memorisation import Memorisation
    from sparring.run import Run

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Measure a run, or a folder of generated pictures: each figure with an interval, beside that of real pictures."""

    what: Annotated[Path, tyro.conf.Positional]
    """Directory of a run, or data of generated pictures."""
    against: str | None = None
    """Real pictures that the generator was not trained on; the demo's run has some of its own."""
    n: int = 1000
    """So many pictures of each kind; figures at different numbers cannot be compared."""
    seed: int = 1
    """Decides which."""
    weights: Literal["average", "raw"] = "average"
    """The moving average of the generator's weights, or the last ones."""
    features: Literal["auto", "pixels", "classifier"] = "auto"
    """What is compared. auto: the shipped classifier's features for grey pictures of 28 x 28, else pixels."""
    out: Path | None = None
    """A .json for the result; RUN/evaluation.json without it, and nothing for a folder."""
    json: bool = False
    """Print JSON."""


def main(words: list[str]) -> int:
    """Measures."""
    options = tyro.cli(Options, args=words, prog="sparring evaluate", config=(tyro.conf.FlagCreatePairsOff,))
    if options.out is not None and options.out.suffix != ".json":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .json")
    from sparring import checkpoint
    from sparring.evaluation import evaluate

    is_run = (options.what / "config.json").is_file()
    generated, real, other, training, data = (of_run if is_run else of_pictures)(options)
    extractor = features(options.features, generated)
    weights = options.weights if is_run else "average"
    lines = evaluate(real, generated, other, extractor, data=data, seed=options.seed, weights=weights)
    copies = None if training is None else memorised(extractor, training, real, generated)
    about = {
        "scores": [{"score": line.score.json(), "floor": line.floor.json()} for line in lines],
        "memorisation": None if copies is None else {**asdict(copies), "copies": copies.copies},
    }
    content = json.dumps(about, indent=2)
    out = options.out or (options.what / "evaluation.json" if is_run else None)
    if out is not None:
        checkpoint.write_atomically(out, content.encode())
    print(content if options.json else "\n".join(words_of(lines, copies, out)))
    return 0


def of_run(options: Options) -> tuple[Tensor, Tensor, Tensor, Tensor, str]:
    """Generated, real, other real and training pictures of a run, and what the real ones are called."""
    import torch

    from sparring import recipes
    from sparring.chance import Key
    from sparring.cli.held_out import held_out
    from sparring.run import Run

    run: Run = Run.open(options.what)
    real = held_out(run, options.against, options.n, options.seed)
    data = recipes.find(run.recipe).open_data(run.config)
    if len(data.x) < options.n:
        raise ValueError(f"the run was trained on {len(data.x)} pictures; --n {options.n} is more: give a smaller --n")
    training = data.examples(torch.arange(len(data.x)))
    other = training[Key(options.seed, ("floor",)).permutation("order", len(training))[: options.n]]
    generated = run.sampler(options.weights).sample(options.n, seed=options.seed)
    return generated, real, other, training, f"{options.against or 'held out'}, {data.digest()[:12]}"


def of_pictures(options: Options) -> tuple[Tensor, Tensor, Tensor, None, str]:
    """Generated, real and other real pictures, and what the real ones are called."""
    from sparring.chance import Key
    from sparring.data.opening import open_data
    from sparring.data.preparation import Preparation

    if options.against is None:
        raise ValueError(f"{str(options.what)!r} is no run: give --against DATA, the real pictures to compare with")
    real = open_data(options.against, Preparation(labels="none"))
    if real.x.ndim != 4 or len(real.x) < 2 * options.n:
        raise ValueError(
            f"--against {options.against} holds {len(real.x)} examples of shape {list(real.x.shape[1:])}; expected "
            f"pictures, at least twice --n {options.n}, for the floor"
        )
    colour: Literal["grey", "colour"] = "grey" if real.x.shape[1] == 1 else "colour"
    size = (real.x.shape[2], real.x.shape[3])
    generated = open_data(options.what, Preparation(size=size, colour=colour, labels="none"))
    if len(generated.x) < options.n:
        raise ValueError(f"{str(options.what)!r} holds {len(generated.x)} pictures; --n {options.n} is more")
    order, chosen = (Key(options.seed).permutation(name, len(d.x)) for name, d in (("r", real), ("g", generated)))
    first, second = (real.examples(order[start : start + options.n]) for start in (0, options.n))
    return generated.examples(chosen[: options.n]), first, second, None, f"{options.against}, {real.digest()[:12]}"


def features(name: str, x: Tensor) -> Extractor:
    """The extractor of that name, or what suits the pictures."""
    from sparring.evaluation import FEATURES

    auto = "classifier" if tuple(x.shape[1:]) == (1, 28, 28) else "pixels"
    return FEATURES[auto if name == "auto" else name]()


def memorised(extractor: Extractor, training: Tensor, real: Tensor, generated: Tensor) -> Memorisation:
    """Whether generated pictures are nearer to training ones than chance explains."""
    from sparring.metrics.extractors import extract
    from sparring.metrics.memorisation import memorisation

    x, y, z = (extract(extractor, part) for part in (training, real, generated))
    return memorisation(x, y, z)


def words_of(lines: Sequence[Line], copies: Memorisation | None, out: Path | None) -> list[str]:
    """The result as a table and some sentences."""
    first = lines[0].score
    rows = [("", "value", "interval", "real against real")]
    for line in lines:
        score, floor = line.score, line.floor
        rows.append((score.metric, f"{score.value:.4g}", f"{score.low:.4g} to {score.high:.4g}", f"{floor.value:.4g}"))
    counts = f"{first.generated:,} generated against {first.real:,} real pictures ({first.data})"
    text = [
        f"{counts}; features: {first.extractor.name}; seed {first.seed}",
        table("<>>>", rows),
        "Compare only with figures of the same features, numbers and data.",
    ]
    if copies is not None:
        low, high = copies.interval
        verdict = "COPIES its training data" if copies.copies else "no sign of copies"
        text.append(
            f"Nearer to a training picture than to any held-out one: {copies.share:.1%} ({low:.1%} to {high:.1%}); "
            f"{copies.expected:.1%} by chance: {verdict}"
        )
    return [*text, f"Saved: {out}"] if out else text
