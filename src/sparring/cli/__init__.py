"""The command line: one verb a file, each imported when it is called.

Exit codes: 0 done, 1 training failed (a cost became infinite, the disk is full) or `sparring doctor` found something
wrong, 2 a wrong option or input, 3 another process uses the run, 130 interrupted by Ctrl-C. A verb with verbs of its
own, such as `runs`, has them in a mapping `VERBS`.
With SPARRING_DEBUG=1 in the environment an error shows where it came from.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import cast

from sparring.cli.verbs import HELP, listing, unknown
from sparring.machine.files import explained
from sparring.runs.errors import InUseError, StoppedError, UnlistedError

__all__ = ["VERBS", "main"]

VERBS = {
    "demo": "train a DCGAN on the pictures that ship with sparring: two minutes, no download",
    "train": "train a recipe on your data: sparring train dcgan --data FOLDER",
    "resume": "continue a run where it stopped: sparring resume RUN",
    "evaluate": "how good, how varied and how much memorised: sparring evaluate RUN",
    "likelihood": "how likely held-out pictures are to a run: sparring likelihood RUN",
    "data": "look at data before training, and fetch sets by name: sparring data report FOLDER",
    "sample": "draw samples of a run: sparring sample RUN -n 64 --seed 0 --out grid.png",
    "tournament": "let runs judge each other's samples: sparring tournament RUN RUN",
    "turing": "a page that asks people which pictures are real: sparring turing RUN",
    "runs": "list, compare, remove runs or prune their checkpoints: sparring runs list",
    "doctor": "what sparring finds on this machine, what is wrong and how to mend it",
    "completion": "a script that completes commands with Tab: sparring completion bash",
}

USAGE = """usage: sparring VERB [OPTIONS]

Adversarial training of neural networks.

{verbs}

sparring VERB --help lists a verb's options.
A run is a directory; in Python it is `sparring.load(RUN)`.

Exit codes: 0 done, 1 training failed or doctor found something wrong,
2 a wrong option or input, 3 another process uses the run,
130 interrupted by Ctrl-C."""


_STOPPED = {
    **dict.fromkeys(("demo", "train", "resume"), "; the work since the last checkpoint is lost"),
    "likelihood": "; the same command goes on from the last finished group",
}


def main(arguments: list[str] | None = None) -> None:
    """Runs a command line and exits."""
    words = sys.argv[1:] if arguments is None else arguments
    warnings.formatwarning = lambda message, *_, **__: f"sparring: {message}\n"
    if not words or words[0] in HELP:
        print(USAGE.format(verbs=listing(VERBS)))
        sys.exit(0)
    if words[0] == "--version":
        from sparring import __version__

        print(f"sparring {__version__}")
        sys.exit(0)
    sys.exit(run(words[0], words[1:]))


def run(verb: str, words: list[str]) -> int:
    """Runs one verb and returns the exit code; what users got wrong is a message, not a traceback."""
    if verb not in VERBS:
        return fail(unknown("verb", verb, VERBS), 2)
    try:
        return cast("int", importlib.import_module(f"sparring.cli.{verb}").main(words))
    except KeyboardInterrupt:
        return fail(f"stopped at once{_STOPPED.get(verb, '')}", 130)
    except (FloatingPointError, StoppedError) as error:
        return fail(traced(error), 1)
    except InUseError as error:
        return fail(str(error), 3)
    except Exception as error:
        expected = isinstance(error, ValueError | OSError)
        if os.environ.get("SPARRING_DEBUG") or not (expected or in_recipe(error)):
            raise
        message = error.before(verb, *words) if isinstance(error, UnlistedError) else traced(error)
        return fail(message, 2 if expected else 1)


def traced(error: BaseException) -> str:
    """The message of an error, after the lines of somebody's recipe that it came from."""
    message = explained(error) if isinstance(error, OSError) else str(error)
    lines = in_recipe(error)
    return f"an error in a recipe\n{lines}\n{type(error).__name__}: {message}" if lines else message


def in_recipe(error: BaseException) -> str:
    """The lines of somebody's recipe that an error came from; "" if it came from elsewhere."""
    loading = sys.modules.get("sparring.runs.own.loading")  # else none was run
    return loading.trace(error) if loading else ""


def fail(message: str, code: int) -> int:
    """Prints `message` to standard error."""
    print(f"sparring: {message}", file=sys.stderr)
    return code
