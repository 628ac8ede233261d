"""`sparring tournament RUN RUN ...`: trained GANs swap opponents."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.options import parsed

if TYPE_CHECKING:
    from sparring.game import Batch, Game
    from sparring.metrics.tournament import Match
    from sparring.runs.run import Run

    Matches = Mapping[tuple[int, int], Match]

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Let each run's discriminator judge every other run's samples (GAM: Im et al. 2016, arXiv 1602.05110)."""

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Directories of two runs or more."""
    against: str | None = None
    """Real pictures that no run was trained on.
    Needed unless all runs were trained on the pictures that ship with sparring."""
    data: str | None = None
    """New path of the runs' data, if they have moved. They are checked."""
    n: int = 1000
    """Number of real pictures, and of each run's samples."""
    seed: int = 0
    """Random seed."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the generators' weights. raw: the last weights."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""
    json: bool = False
    """Print JSON. A ratio is null where only the second discriminator made no error."""


def main(words: list[str]) -> int:
    """Plays all pairs."""
    options = parsed(Options, words, "tournament")
    paths = list(dict.fromkeys(options.runs))
    if len(paths) < 2:
        raise ValueError(f"got {len(paths)} run{'s' * (len(paths) != 1)}; expected two or more different ones")
    if options.n < 1:
        raise ValueError(f"--n is {options.n}; expected 1 or more")
    from sparring.cli.held_out import held_out
    from sparring.data.alike import changes
    from sparring.metrics import tournament

    runs = [opened(path, options.recipe).at(options.data) for path in paths]
    _check_shapes(runs)
    _check_labels(runs)
    judges = [judge(run) for run in runs]
    run = runs[0] if options.against else _least_known(runs)
    examples = held_out(run, options.against, options.n, options.seed)
    real, changed = examples.batch(), changes(examples)
    test = [error(each, real, real=True) for each in judges]
    generated = [samples_of(run, options) for run in runs]
    samples = [[error(each, x, real=False) for x in generated] for each in judges]
    matches = tournament.tournament(test, samples)
    print((as_json if options.json else as_text)(paths, test, samples, matches, changed))
    return 0


def samples_of(run: Run, options: Options) -> Batch:
    """Samples of a run, and what they were asked for."""
    from sparring.game import Batch

    sampler = run.sampler(options.weights)
    given = sampler.given(options.n, options.seed)
    return Batch(sampler.kind.clean(sampler.sample(options.n, given=given, seed=options.seed)), given)


def opened(path: Path, recipe: Path | None) -> Run:
    """A run, whose recipe somebody may have named if it is a file."""
    from sparring.runs import files
    from sparring.runs.run import Run

    own = str(files.about(path)["recipe"]).endswith(".py")
    return Run.open(path, recipe if own else None)


def _check_shapes(runs: Sequence[Run]) -> None:
    for run in runs[1:]:
        shapes = [list(each.spec.shape) for each in (runs[0], run)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"{str(runs[0].path)!r} makes samples of shape {shapes[0]}, {str(run.path)!r} of shape {shapes[1]}; "
                "expected the same: leave out one of them"
            )


def _check_labels(runs: Sequence[Run]) -> None:
    from sparring.recipes import labels_of

    used = [labels_of(run.parts, run.data) for run in runs]
    for run, use in zip(runs, used, strict=True):
        if use != used[0]:
            raise ValueError(
                f"{str(runs[0].path)!r} and {str(run.path)!r} use labels in different ways: {used[0]}, and {use}. Such "
                "runs must not be compared (Goodfellow 2016, section 4.1): leave out one of them"
            )


def _least_known(runs: Sequence[Run]) -> Run:
    """The first run whose data make no fresh examples, such as a folder: fresh ones are held out for all or none."""
    from sparring.cli.held_out import fresh

    return next((run for run in runs if fresh(run) is None), runs[0])


@dataclass(frozen=True)
class Judge:
    """A game that says real above a logit of 0, in evaluation mode.

    Attributes:
        path: Of its run.
        game: The game.
        conditional: Whether it wants to know what examples are labelled as.
    """

    path: Path
    game: Game
    conditional: bool


def judge(run: Run) -> Judge:
    """The game of a run.

    Batch norm then uses its running statistics, so that the verdict on one picture does not depend on the others.

    Raises:
        ValueError: Nobody in it says so.
    """
    game = run.game()
    if not game.decides:
        raise ValueError(
            f"{str(run.path)!r} has a discriminator that only compares samples. It cannot say whether one sample is "
            "real: leave this run out"
        )
    return Judge(run.path, game.eval(), run.sampler().given(1) is not None)


def error(judge: Judge, batch: Batch, *, real: bool) -> float:
    """The discriminator's error rate at samples [n, ...].

    Raises:
        ValueError: It wants to know what they are labelled as, and they are not.
    """
    from sparring.cli.findings import judged
    from sparring.metrics.tournament import error_rate

    if judge.conditional and batch.y is None:
        raise ValueError(
            f"the discriminator of {str(judge.path)!r} needs labels, and some samples here have none: "
            "leave this run out"
        )
    logits = judged(judge.game, batch.x, batch.y if judge.conditional else None)
    assert logits is not None, "who decides has logits"
    return error_rate(logits, real=real)


def as_text(
    paths: Sequence[Path],
    test: Sequence[float],
    samples: Sequence[Sequence[float]],
    matches: Matches,
    changed: str = "",
) -> str:
    """The runs, the discriminators' errors, and the matches."""
    from sparring.cli.table import table
    from sparring.metrics.tournament import TOLERANCE

    numbers = [str(i + 1) for i in range(len(paths))]
    errors = [(number, f"{at_real:.1%}", *(f"{rate:.1%}" for rate in row))
              for number, at_real, row in zip(numbers, test, samples, strict=True)]  # fmt: skip
    rows = [
        (f"{i + 1} : {j + 1}", f"{match.r_test:.3f}", f"{match.r_samples:.3f}", _verdict(i, j, match))
        for (i, j), match in matches.items()
    ]
    parts = [
        table("><", list(zip(numbers, map(str, paths), strict=True))),
        table(">" * (len(paths) + 2), [("errors of", "at real", *(f"at {number}'s" for number in numbers)), *errors]),
        table("<>><", [("match", "r_test", "r_samples", "winner"), *rows]),
        f"A win needs r_test between {1 / TOLERANCE:g} and {TOLERANCE:g}. Then r_samples below 1 is for the first.",
    ]
    return "\n\n".join([*parts, f"Real pictures: {changed}."] if changed else parts)


def _verdict(i: int, j: int, match: Match) -> str:
    if match.winner:
        return str((i + 1, j + 1)[match.winner - 1])
    return "tie" if match.fair else "tie: r_test is not near 1"


def as_json(
    paths: Sequence[Path],
    test: Sequence[float],
    samples: Sequence[Sequence[float]],
    matches: Matches,
    changed: str = "",
) -> str:
    """The same as JSON, which knows no infinity."""
    found = [
        {
            "first": str(paths[i]),
            "second": str(paths[j]),
            "r_test": match.r_test if math.isfinite(match.r_test) else None,
            "r_samples": match.r_samples if math.isfinite(match.r_samples) else None,
            "winner": [None, str(paths[i]), str(paths[j])][match.winner],
        }
        for (i, j), match in matches.items()
    ]
    about = {"runs": [str(path) for path in paths], "changed": changed, "errors_at_real": test}
    about["errors_at_samples"] = samples
    return json.dumps({**about, "matches": found}, indent=2)
