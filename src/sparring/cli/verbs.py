"""Verbs below a verb, as in `sparring runs list`, and what all lists of verbs have in common."""

from __future__ import annotations

import difflib
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["HELP", "Verb", "agreed", "dispatch", "listing", "unknown"]

HELP = {"-h", "--help"}

USAGE = """usage: sparring {program} VERB [OPTIONS]

{verbs}

sparring {program} VERB --help lists a verb's options."""


@dataclass(frozen=True)
class Verb:
    """A verb below a verb.

    A module with such verbs has a mapping `VERBS` of their names, which `dispatch` and `sparring completion` read.

    Attributes:
        options: A dataclass; the first line of its docstring says what the verb does.
        run: What does it, with the options; returns the exit code.
    """

    options: type[Any]
    run: Callable[[Any], int]

    @property
    def text(self) -> str:
        """What it does."""
        return (inspect.getdoc(self.options) or "").partition("\n")[0]


def agreed(question: str) -> bool:
    """Whether whoever is asked says yes.

    Raises:
        ValueError: Nobody is there.
    """
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        raise ValueError("there is no input to confirm with: give --yes to remove without asking") from None


def dispatch(program: str, verbs: Mapping[str, Verb], words: list[str]) -> int:
    """Runs the verb that `words` begin with.

    Args:
        program: The verb above, such as "runs".
        verbs: The verbs below it.
        words: The rest of the command line.

    Raises:
        ValueError: There is no such verb; the message has the nearest one.
    """
    if not words or words[0] in HELP:
        print(USAGE.format(program=program, verbs=listing({name: verb.text for name, verb in verbs.items()})))
        return 0 if words else 2
    if words[0] not in verbs:
        raise ValueError(unknown(f"verb of {program}", words[0], verbs))
    from sparring.cli.options import parsed

    verb = verbs[words[0]]
    return verb.run(parsed(verb.options, words[1:], f"{program} {words[0]}"))


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """The message for a word that is none of the known ones, with the nearest of them."""
    known = list(known)
    near = difflib.get_close_matches(word, known, 1)
    hint = f": did you mean {near[0]!r}?" if near else ""
    return f"there is no {kind} {word!r}{hint}; there are {', '.join(known)}"


def listing(verbs: Mapping[str, str]) -> str:
    """Verbs and what they do, in 80 columns."""
    width = max(map(len, verbs)) + 4
    lines = (textwrap.fill(text, 80, subsequent_indent=" " * width, initial_indent=f"  {verb}".ljust(width))
             for verb, text in verbs.items())  # fmt: skip
    return "\n".join(lines)
