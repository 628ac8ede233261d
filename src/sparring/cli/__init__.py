"""The command line: one verb a file, each imported when it is called.

Exit codes: 0 done, 1 training failed (a cost became infinite), a package is broken or `sparring doctor` found something
wrong, 2 a wrong option or input, 3 another process uses the run, 4 the disk is full or fails, 5 a number of a figure is
outside its tolerance, 130 interrupted by Ctrl-C, 129 and 143 ended by SIGHUP and SIGTERM, 141 nobody reads the output
any more (as of `yes | head`). A verb with verbs of its own, such as `runs`, has them in a mapping `VERBS`.
With SPARRING_DEBUG=1 in the environment an error shows where it came from.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import warnings
from contextlib import nullcontext
from typing import cast

from sparring.cli.verbs import HELP, listing, unknown
from sparring.doctor import packages
from sparring.machine import devices
from sparring.machine.files import explained, failed
from sparring.machine.signals import EndedError, ended_by_signals
from sparring.machine.streams import tolerant
from sparring.machine.words import printable
from sparring.runs.errors import InUseError, StoppedError, UnlistedError

__all__ = ["VERBS", "main"]

VERBS = {
    "demo": "train a conditional GAN on the pictures that ship with sparring: two minutes, no download",
    "train": "train a recipe on your data: sparring train dcgan --data FOLDER",
    "resume": "continue a run where it stopped: sparring resume RUN",
    "evaluate": "measure quality, variety and copies of training data: sparring evaluate RUN",
    "classify": "classes of pictures, by a classifier that a run trained: sparring classify RUN FILES",
    "likelihood": "log-likelihood of held-out pictures under a run: sparring likelihood RUN",
    "data": "look at data before training, and fetch sets by name: sparring data report FOLDER",
    "sample": "draw samples of a run: sparring sample RUN -n 64 --out FOLDER/, or --out grid.png",
    "walk": "a video that goes from sample to sample: sparring walk RUN --out walk.webp",
    "export": "ONNX, safetensors, a model card, a page that makes samples: sparring export RUN",
    "tournament": "let runs judge each other's samples: sparring tournament RUN RUN",
    "turing": "a page that asks people which pictures are real: sparring turing RUN",
    "figures": "the GAN tutorial's figures, computed, on one page: sparring figures",
    "runs": "list, compare or remove runs, or prune their checkpoints: sparring runs list",
    "doctor": "check this machine: what sparring finds, what is wrong and how to fix it",
    "completion": "a script that completes commands with Tab: sparring completion bash",
}

USAGE = """usage: sparring VERB [OPTIONS]

Adversarial training of neural networks.

{verbs}

sparring VERB --help lists a verb's options.
A run is a directory; in Python it is `sparring.load(RUN)`.

Exit codes:
  0    done
  1    training failed, or doctor found something wrong
  2    a wrong option or input
  3    another process uses the run
  4    the disk is full or fails, or a file of the run cannot be written
  5    a number of a figure is outside its tolerance
  130  interrupted by Ctrl-C
  141  the reader of the output closed it
  143  ended by SIGTERM"""


PATIENT = (["demo"], ["train"], ["resume"])
"""What goes on when nobody reads its output any more."""

_STOPPED = {
    **dict.fromkeys(("demo", "train", "resume"), "; the work since the last checkpoint is lost"),
    "likelihood": "; the same command continues from the last finished group",
    "figures": "; figures of the full tier that are finished are kept: give the same command again",
}


def main(arguments: list[str] | None = None) -> None:
    """Runs a command line and exits."""
    words = sys.argv[1:] if arguments is None else arguments
    devices.patient()
    warnings.formatwarning = lambda message, *_, **__: f"sparring: {printable(str(message))}\n"
    with ended_by_signals(), tolerant(patient=words[:1] in PATIENT):
        sys.exit(run(words[0] if words else "--help", words[1:]))


def act(verb: str, words: list[str]) -> int:
    """Does what a command line says."""
    if verb in HELP:
        print(USAGE.format(verbs=listing(VERBS)))
        return 0
    if verb == "--version":
        from sparring import __version__

        print(f"sparring {__version__}")
        return 0
    if verb not in VERBS:
        raise ValueError(unknown("verb", verb, VERBS))
    return cast("int", importlib.import_module(f"sparring.cli.{verb}").main(words))


def run(verb: str, words: list[str]) -> int:
    """Runs one verb and returns the exit code; what users got wrong is a message, not a traceback."""
    try:
        with nullcontext() if verb == "doctor" else packages.explained():
            return act(verb, words)
    except KeyboardInterrupt as stop:
        number = stop.number if isinstance(stop, EndedError) else signal.SIGINT
        return fail(f"stopped at once{_STOPPED.get(verb, '')}", 128 + number)
    except (FloatingPointError, packages.BrokenPackageError) as error:
        return fail(traced(error), 1)
    except StoppedError as error:
        return fail(traced(error), 4)
    except InUseError as error:
        return fail(str(error), 3)
    except BrokenPipeError:
        raise  # nobody reads any more
    except Exception as error:
        expected = isinstance(error, ValueError | OSError)
        if os.environ.get("SPARRING_DEBUG") or not (expected or in_recipe(error)):
            raise
        message = error.before(verb, *words) if isinstance(error, UnlistedError) else traced(error)
        return fail(message, 4 if failed(error) else 2 if expected else 1)


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
    print(f"sparring: {printable(message)}", file=sys.stderr)
    return code
