"""What is known of a named data set: where it comes from, how it is checked, and its licence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sparring.data import layouts
from sparring.data.downloads import Download

__all__ = ["NamedSet", "Part"]


@dataclass(frozen=True)
class Part:
    """Files of a set that are checked together."""

    name: str
    """The file's name, or a pattern with `*` for any characters."""
    sha256: str
    """Of the file, or of the list of several files; see `fetching.digest`."""
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class NamedSet:
    """A data set: any one of its sources gives all of its parts, which `layout` turns into the files to keep."""

    title: str
    count: int
    """Examples: pictures, drawings, rows."""
    version: str
    licence: str
    homepage: str
    attribution: str
    parts: Sequence[Part]
    sources: Sequence[Sequence[Download]]
    layout: layouts.Layout = layouts.loose
