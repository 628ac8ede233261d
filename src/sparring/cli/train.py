"""`sparring train RECIPE`: a new run."""

from __future__ import annotations

from argparse import ArgumentError, ArgumentParser
from dataclasses import dataclass, field, make_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro
from rich.console import Console

from sparring import recipes
from sparring.cli.options import parsed
from sparring.machine.console import text_console
from sparring.machine.words import command, shown

if TYPE_CHECKING:
    from sparring.runs.code import Code
    from sparring.runs.session import Session

__all__ = ["Options", "main"]

USAGE = """usage: sparring train [RECIPE | FOLDER] [OPTIONS]

sparring train FOLDER --time 10m  takes the recipe that suits the data
sparring train dcgan --data FOLDER
sparring train --config runs/x/config.json --seed 1

Recipes: {recipes};
or a file of your own, with a path: ./FILE.py. It runs with your rights.

sparring train RECIPE --help lists its options."""


@dataclass(frozen=True)
class Options:
    """Options of the run."""

    out: Path | None = None
    """Directory of the run. Unset: runs/RECIPE-DATE."""
    time: str | None = None
    """Training time: 90s, 10m or 1.5h. It sets the number of rounds. With --rounds, the first limit counts."""
    origin: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    """Start with the weights of this run, where they fit."""
    config: Path | None = None
    """A run or its config.json. Its values become the defaults."""
    dry_run: bool = False
    """Print what would be trained, with data, memory and time. Write nothing."""
    track: tuple[Literal["tensorboard", "wandb"], ...] = ()
    """Also write to TensorBoard or, offline, to Weights & Biases, in folders of the run. resume continues them."""
    json: bool = False
    """Print only progress, as lines of JSON."""
    break_lock: bool = False
    """Use a run that a process on another machine has locked. Only if that process has ended."""


def parse(code: Code, words: list[str], default: recipes.Config | None = None) -> tuple[recipes.Config, Options]:
    """The recipe's configuration and the run's options; flags come from their dataclasses.

    Args:
        code: The recipe.
        words: The command line after it.
        default: Values of what is not given.
    """
    config: Any = field() if default is None else field(default=default)
    parts = [("recipe", code.recipe.Config, config), ("run", Options, field(default=Options()))]
    both: Any = make_dataclass("Both", parts)
    arguments: Any = parsed(both, words, f"train {code.called}", description=code.help)
    if arguments.recipe.evaluate_every and arguments.recipe.hold_out == 0:
        raise ValueError("--evaluate-every needs examples to measure against: give --hold-out 100 too")
    return arguments.recipe, arguments.run


def main(words: list[str]) -> int:
    """Trains."""
    if not words or words[0] in {"-h", "--help"}:
        print(USAGE.format(recipes=", ".join(recipes.names())))
        return 0 if words else 2
    code, words, default = chosen(words)
    config, options = parse(code, words, default)
    from sparring.cli.play import patient

    counted = _taken("--rounds", words)[0] is not None
    return start(code, config, options, patient(options), counted=counted)


def chosen(words: list[str]) -> tuple[Code, list[str], recipes.Config | None]:
    """The recipe, the words of its options, and their defaults if these are not the recipe's own."""
    from sparring.runs.code import find

    file, words = _taken("--config", words)
    named = words[0] if words and not words[0].startswith("-") else None
    if file is not None:
        code = find(named) if named else None
        recipe, config = recipes.configured(Path(file), code.recipe if code else None)
        if code and code.name != recipe:
            raise ValueError(f"{file!r} is for the recipe {recipe!r}, not {named!r}: leave out one of them")
        return code or find(recipe), words[1:] if named else words, config
    if named is not None and _is_recipe(named):
        return find(named), words[1:], None
    if named is not None:
        words = ["--data", *words]
    return find(suggested(words)), words, None


def _is_recipe(named: str) -> bool:
    """Whether the first word names a recipe: a set or whatever exists is data.

    Raises:
        ValueError: There is neither a recipe nor data of this name.
    """
    from sparring.data.named import NAMED

    if named in recipes.names() or named.endswith(".py"):
        return True
    if named in NAMED or Path(named).exists():
        return False
    if "/" in named:
        raise ValueError(f"there is no folder or file {named!r}: check the path. A recipe of your own ends in .py")
    try:
        recipes.find(named)
    except recipes.UnknownRecipeError as error:
        raise ValueError(f"{error}. There is no such folder, file or set either: see `sparring data list`") from None
    return True


def suggested(words: list[str]) -> str:
    """The recipe that suits the data which the words name."""
    data, labels = _taken("--data", words)[0], _taken("--labels", words)[0]
    if data is None:
        raise ValueError(f"expected a recipe or --data, got {words[0]!r}: write sparring train --data FOLDER")
    from sparring.data.preparation import Preparation

    recipe = recipes.recommended(data=data, pictures=Preparation(labels=labels or "auto"), clusters=0)
    console = text_console(quiet="--json" in words)
    console.print(f"Recipe: {recipe} ({recipes.find(recipe).Config.__doc__})")
    return recipe


def _taken(option: str, words: list[str]) -> tuple[str | None, list[str]]:
    """The value of an option that others come after, and the words without it."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument(option, dest="value")
    try:
        found, rest = parser.parse_known_args(words)
    except ArgumentError as error:
        raise ValueError(f"{option} needs a value") from error
    return found.value, rest


def start(code: Code, config: recipes.Config, options: Options, console: Console, *, counted: bool) -> int:
    """A new run, or its estimate; with `counted` rounds, time is a limit alone."""
    from sparring.cli.play import estimate, play, seconds
    from sparring.ranks import leads
    from sparring.runs import lock
    from sparring.runs.code import list_it
    from sparring.runs.session import Session

    limit = seconds(options.time)
    plan: Any = {"time": None if counted else limit, "origin": options.origin}
    if options.dry_run:
        session = Session.prepare(options.out or Path(), code, config, **plan)
        describe(session, console)
        return estimate(session, console)
    path = options.out or Path("runs") / f"{code.stem}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    if leads():
        lock.check(path, break_lock=options.break_lock)
        code.check(path)
    session = Session.create(path, code, config, **plan)
    describe(session, console)
    if leads():
        list_it(code)
    return 0 if play(session, limit, command("resume", path), console, options) else 130


def describe(session: Session, console: Console) -> None:
    """Prints the report on the data, and says what of them is not used or not held out."""
    from sparring.cli.held_out import enough
    from sparring.data.report import lines

    data = session.data
    for report in data.reports.values():
        console.print("\n".join(lines(report)))
    unused = sorted(data.has - session.run.parts.USES)
    if session.run.origin:
        console.print(f"Weights from {shown(session.run.origin)}")
    number = 0 if session.run.config.hold_out or data.main.fresh else enough(len(data))
    if number:
        console.print(f"No examples are held out: to measure the run later, train with --hold-out {number}.")
    if unused:
        console.print(note(session.run.code, unused) + hint(session), style="bold yellow")


def note(code: Code, unused: list[str]) -> str:
    """What is not used of the data, as far as the recipe says."""
    there = f"NOTE: these data have {' and '.join(unused)}"
    if code.source is not None:
        return f"{there}, which {code.name} does not use. If it does, write in it: USES = frozenset({unused})"
    return f"{there}, which {code.name} IGNORES. It treats all examples alike. You cannot ask it for one kind."


def hint(session: Session) -> str:
    """What to train instead on pictures with classes that are not used; "" of other data."""
    config: Any = session.run.config
    y = session.data.main.y
    if not hasattr(config, "pictures") or not session.data.main.classes or y is None or y.ndim != 1:
        return ""
    return f" To use them: {command('train', 'cgan', '--data', config.data)}"
