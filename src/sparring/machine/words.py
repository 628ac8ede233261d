"""Words for people: names as they can be printed, commands as a shell takes them."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

__all__ = ["command", "counted", "printable", "program", "quoted", "rounded", "shown"]


def shown(name: str | Path) -> str:
    """A name as it can be printed: paths below the present folder short, unprintable and undecodable parts escaped.

    Of a text so long that it is no name the middle is left out.
    """
    if isinstance(name, Path) and name.is_relative_to(Path.cwd()):
        name = name.relative_to(Path.cwd())
    return _short(_escaped(_short(str(name))))


_LONGEST = 600
"""Letters of what can be a path."""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}...{text[-_LONGEST // 2 :]}"


def printable(text: str) -> str:
    """Lines of text with what is no letter, sign or space escaped: a terminal shows them and obeys none."""
    return "\n".join(map(_escaped, text.split("\n")))


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def counted(number: int, noun: str) -> str:
    """A number of things, as in "1 round" and "1,200 rounds"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rounded(value: float, digits: int = 3) -> str:
    """A number to so many digits, and from 1,000 on whole and with commas, as in "0.0123" and "1,040"."""
    whole = 1000 - 0.5 * 10.0 ** (3 - digits) <= abs(value) < 1e9
    return f"{value:,.0f}" if whole else f"{value:.{digits}g}"


def command(*words: str | Path) -> str:
    """The command line that calls sparring with these words: `sparring resume 'my run'`.

    A path that begins with a dash gets a `./`, so that it is no option.
    """
    return " ".join([program(), *(quoted(_apart(word)) for word in words)])


def _apart(word: str | Path) -> str:
    dashed = isinstance(word, Path) and str(word).startswith("-")
    return f"./{word}" if dashed else str(word)


def quoted(word: str) -> str:
    """A word as a shell takes it. One that cannot be printed is escaped as bash, zsh and POSIX of 2024 read it."""
    if word.isprintable():
        return shlex.quote(word)
    signs = (chr(byte) if 32 <= byte < 127 and chr(byte) not in "'\\" else f"\\x{byte:02x}" for byte in _bytes(word))
    return f"$'{''.join(signs)}'"


def _bytes(word: str) -> bytes:
    try:
        return os.fsencode(word)
    except UnicodeEncodeError:  # no file has such a name
        return word.encode("utf-8", "surrogatepass")


def program() -> str:
    """How this program was called, quoted: `sparring` where the shell finds it by that name, else its path."""
    called = Path(sys.argv[0])
    found = shutil.which("sparring")
    if called.name != "sparring" or (found and Path(found).resolve() == called.resolve()):
        return "sparring"
    here = Path.cwd()
    return quoted(str(called.relative_to(here) if called.is_relative_to(here) else called))
