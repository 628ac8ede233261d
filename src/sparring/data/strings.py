"""Sets of strings that have names: molecules in the notation SMILES, and captions of pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import torch

from sparring.data import report
from sparring.data.sequences import coded, read, sequences
from sparring.data.source import InMemory
from sparring.kinds.molecules import Molecules
from sparring.kinds.tokens import Tokens

__all__ = ["captions", "molecules", "shortened"]

LONGEST = 100
"""Characters of a molecule, more than any has."""


def molecules(folder: Path) -> InMemory:
    """Those of `molecules.txt`, a character a token; fresh ones are those of `fresh.txt`, made of the same characters.

    Raises:
        ValueError: A file is damaged.
    """
    found = read(folder / "molecules.txt", longest=LONGEST)
    assert isinstance(found.kind, Tokens), "read makes no others"
    kind = Molecules(found.kind.vocabulary, found.kind.length, found.kind.end)
    whole = sequences(found.x, kind)

    def fresh() -> InMemory:
        lines = folder.joinpath("fresh.txt").read_text(encoding="utf-8").splitlines()
        known = [line for line in lines if set(line) <= set(kind.vocabulary) and len(line) <= kind.length]
        return sequences(torch.stack(list(map(kind.parse, known))), kind)

    whole.fresh = fresh
    return _reported(whole, "smiles", "strings of characters")


def captions(lines: Iterable[str]) -> InMemory:
    """Captions in small letters, a word a token."""
    return _reported(coded([line.lower().split() for line in lines], " "), "openmoji-captions", "captions of words")


def shortened(data: InMemory, longest: int) -> InMemory:
    """The sequences of at most so many tokens, and fresh ones such; the same data if all are.

    Raises:
        ValueError: There are fewer than two, or the data are no sequences.
    """
    kind = data.kind
    if not isinstance(kind, Tokens):
        raise ValueError(f"the data are {kind.name}; expected sequences of tokens: see `sparring data list`")  # noqa: TRY004 - the user's
    if kind.length <= longest:
        return data
    x = kind.clean(data.examples())
    ended = torch.ones(len(x), dtype=torch.bool) if kind.end is None else x[:, longest] == kind.end
    if kind.end is None or ended.sum() < 2:
        raise ValueError(f"fewer than 2 sequences have at most {longest} tokens: give a larger --longest")
    short = sequences(x[ended, :longest].contiguous(), dataclasses.replace(kind, length=longest))
    short.name, make = data.name, data.fresh
    short.fresh = make and (lambda: shortened(make(), longest))
    note = f"{len(x) - len(short):,} of {len(x):,} are longer than {longest} tokens: left out"
    if data.report:
        short.report = dataclasses.replace(
            data.report, count=len(short), shape=(longest,), notes=[*data.report.notes, note]
        )
    return short


def _reported(data: InMemory, name: str, what: str) -> InMemory:
    """The same data, called so."""
    assert isinstance(data.kind, Tokens), "they are sequences"
    ends = 0 if data.kind.end is None else int((data.x == data.kind.end).sum())
    mean = (data.x.numel() - ends) / len(data)
    notes = [f"{len(data.kind.vocabulary):,} different tokens, {mean:.3g} in a sequence on average"]
    data.name, data.report = name, dataclasses.replace(report.points(name, what, data.x), notes=notes)
    return data
