"""Damage to bytes, JSON and names, decided by a random generator alone."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

__all__ = ["Touch", "damaged", "name", "png", "text", "tree"]

T = TypeVar("T")

NUMBERS = (0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)
"""Lengths and counts at which programs break."""

WORDS: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2,
    1e308,
    -0.5,
    float("nan"),
    float("inf"),
    10**9,
    10**18,
    10**30,
    "",
    "0",
    "../../x",
    "/etc/passwd",
    "a\nb",
    "\x1b[31m",
    "\ud800",
    "é" * 300,
    [],
    {},
    [[]],
    {"type": "GAN"},
    {"": None},
    ["a", 1],
    [10**6] * 3,
)
"""Values that nobody expects in JSON."""

NAMES = (
    "a\nb",
    "\x1b[2J",
    "..",
    "../up",
    "/root",
    "C:\\x",
    "-rf",
    " ",
    ".",
    "",
    "é\u0301",
    "\ud800",
    "\udcff",
    "a" * 250,
    "a/b/c",
    "CON",
    "a\0b",
    "{}",
    "%s",
    "$(id)",
    "'\"`",
    "train/x",
    "__MACOSX/x",
    "a\\b",
    "\u202egnp",
)
"""Names that people and archives have."""

MOST = 2**20
"""Bytes that are added to a file at most."""

Damage = Callable[[bytes, Random], bytes]


def _flip(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, chance: Random) -> bytes:
    start, size = chance.randrange(len(content)), chance.choice((1, 2, 4, 16, 64))
    filler = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))
    return content[:start] + filler + content[start + size :]


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _without(content: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, 64) :]


def _repeat(content: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(content))
    block = content[start : start + chance.choice((1, 4, 12, 64, 512))]
    times = min(chance.choice((1, 2, 50, 1000, 20_000)), max(1, MOST // len(block)))
    return content[:start] + block * times + content[start:]


def _move(content: bytes, chance: Random) -> bytes:
    one, two = chance.randrange(len(content)), chance.randrange(len(content))
    block = content[one : one + chance.randint(1, 128)]
    return content[:two] + block + content[two + chance.choice((0, len(block))) :]


def _length(content: bytes, chance: Random) -> bytes:
    """A field of two, four or eight bytes, of either order, blown up."""
    sign = chance.choice("HIQ")
    size = struct.calcsize(sign)
    number = chance.choice((*NUMBERS, len(content), chance.getrandbits(31))) % 2 ** (8 * size)
    start = max(0, chance.randrange(len(content)) - size + 1)
    return content[:start] + struct.pack(chance.choice("<>") + sign, number) + content[start + size :]


def _digits(content: bytes, chance: Random) -> bytes:
    """A number in text, blown up."""
    found = list(re.finditer(rb"-?\d+", content))
    if not found:
        return _length(content, chance)
    match = chance.choice(found)
    number = chance.choice((*map(str, NUMBERS), "-1", "1e999", "nan", "0.5", "9" * 5000, "")).encode()
    return content[: match.start()] + number + content[match.end() :]


ANY: Sequence[Damage] = (_flip, _flip, _overwrite, _cut, _without, _repeat, _move, _length, _length, _length, _digits)


def damaged(content: bytes, chance: Random) -> bytes:
    """The bytes with one to four damages."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        content = chance.choice(ANY)(content or b"\0", chance)
    return content


def text(content: bytes, chance: Random) -> bytes:
    """A text with lines gone, again or very long, odd words, another encoding; or damage as of any bytes."""
    if chance.random() < 0.4:
        return damaged(content, chance)
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    odd = str(chance.choice((*WORDS, *NAMES))).encode("utf-8", "surrogatepass")
    signs = chance.choice(
        (b",", b";", b"\t", b'"', b"\r", b"\0", b"'", b"\xff", b"\xef\xbb\xbf", b"\x85", "\u2028".encode())
    )
    changes = (
        lambda: lines[:place] + lines[place + 1 :],
        lambda: lines[:place] + [lines[place]] * chance.choice((2, 100, 5000)) + lines[place:],
        lambda: [
            *lines[:place],
            lines[place].replace(chance.choice((b",", b"a", b"0", b'"')), odd),
            *lines[place + 1 :],
        ],
        lambda: [*lines[:place], lines[place] + signs + odd, *lines[place + 1 :]],
        lambda: [*lines[:place], lines[place] * chance.choice((2, 1000, 20_000)), *lines[place + 1 :]],
        lambda: [line.replace(b",", signs) for line in lines],
    )
    content = b"\n".join(chance.choice(changes)())[: 4 * MOST]
    if chance.random() < 0.1:
        return content.decode("utf-8", "replace").encode(
            chance.choice(("utf-16", "utf-16-be", "utf-32", "cp1252")), "replace"
        )
    return content


def tree(content: bytes, chance: Random) -> bytes:
    """JSON of which some values are others, gone or deep; or damage as of any bytes."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):  # it has been damaged before
        return damaged(content, chance)
    if chance.random() < 0.25:
        return damaged(content, chance)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        value = _changed(value, chance)
    if chance.random() < 0.02:
        return b"[" * 100_000
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _changed(value: Any, chance: Random) -> Any:
    """The tree with one change, at a place that all its depths share."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return _odd(value, chance)
    changed: Any = value.copy()
    key = chance.choice(list(changed)) if isinstance(changed, dict) else chance.randrange(len(changed))
    what = chance.random()
    if what < 0.08:
        del changed[key]
    elif what < 0.12 and isinstance(changed, list):
        changed += [changed[key]] * chance.choice((1, 100))
    elif what < 0.15 and isinstance(changed, dict):
        changed[str(chance.choice(WORDS))] = changed.pop(key)
    else:
        changed[key] = _changed(changed[key], chance)
    return changed


def _odd(value: Any, chance: Random) -> Any:
    if isinstance(value, int | float) and chance.random() < 0.4:
        return chance.choice((value + 1, -value, value * 1000, float(value), str(value), *NUMBERS))
    if isinstance(value, str) and chance.random() < 0.4:
        return damaged(value.encode("utf-8", "replace"), chance).decode("utf-8", "replace")[:5000]
    return chance.choice(WORDS)


def name(content: bytes, chance: Random) -> bytes:
    """An odd name with the same ending, in UTF-8 with surrogates."""
    stem, dot, ending = content.decode().rpartition(".")
    odd = chance.choice(NAMES)
    made = chance.choice((f"{odd}{dot}{ending}", f"{stem}{odd}{dot}{ending}", f"{odd}/{stem}{dot}{ending}"))
    return made.encode("utf-8", "surrogatepass")


class Touch:
    """Damages one or two of the pieces that a case is made of.

    Args:
        chance: Decides how; without it nothing is damaged, and the pieces are counted.
        pieces: How many there are.
    """

    def __init__(self, chance: Random | None = None, pieces: int = 0) -> None:
        self.chance, self.count = chance, 0
        self.chosen = {chance.randrange(pieces) for _ in range(chance.choice((1, 1, 1, 2)))} if chance else set[int]()

    def __call__(self, content: bytes, how: Damage = damaged, others: Sequence[bytes] = ()) -> bytes:
        """A piece, damaged if it is one of those; or its beginning, and the end of another one."""
        self.count += 1
        if self.chance is None or self.count - 1 not in self.chosen:
            return content
        if others and content and self.chance.random() < 0.1:
            other = self.chance.choice(others)
            return content[: self.chance.randrange(len(content))] + other[self.chance.randrange(len(other)) :]
        return how(content, self.chance)

    def pick(self, some: Sequence[T]) -> T:
        """One of some."""
        return self.chance.choice(some) if self.chance else some[0]

    def often(self, share: float) -> bool:
        """Whether something is done that makes damage harder to see, such as to set a check sum right."""
        return self.chance is None or self.chance.random() < share


def png(content: bytes) -> bytes:
    """A PNG whose check sums are right again."""
    parts, place = [content[:8]], 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        body = content[place + 4 : place + 8 + length]
        parts += [content[place : place + 4], body, struct.pack(">I", zlib.crc32(body))]
        place += 12 + length
    return b"".join(parts) + content[place:]
