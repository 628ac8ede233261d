"""Named data sets in the cache: fetched from the first source that has them, checked, and laid out for use."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sparring.data import archives, cache
from sparring.data.downloads import Download
from sparring.data.layouts import Files
from sparring.data.named_set import NamedSet, Part
from sparring.data.sets import SETS
from sparring.machine.words import shown

__all__ = ["UnknownSetError", "digest", "fetch", "fetched", "find", "named"]

LICENCE = "LICENCE.txt"


class UnknownSetError(ValueError):
    """There is no data set of that name."""


def named(name: str) -> NamedSet:
    """The entry of the catalogue.

    Raises:
        UnknownSetError: There is none; the message has the nearest name.
    """
    if name not in SETS:
        near = difflib.get_close_matches(name, SETS, 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise UnknownSetError(f"there is no data set {shown(name)!r}{hint}; there are {', '.join(SETS)}")
    return SETS[name]


def find(name: str) -> Path | None:
    """The folder of a set, or None if it has not been fetched."""
    named(name)
    folder = cache.place(cache.home() / "sets" / name)
    return folder if folder.is_dir() and cache.mine(folder) else None


def fetched(name: str) -> Path:
    """The folder of a set that has been fetched, which is used now.

    Raises:
        FileNotFoundError: It has not been fetched.
    """
    folder = find(name)
    if folder is None:
        raise FileNotFoundError(f"{name!r} is not fetched yet: run sparring data get {name}")
    cache.used(folder)
    return folder


def fetch(name: str) -> Path:
    """The folder of a set, fetched first if it is not there.

    Its files are those of the set's layout, `LICENCE.txt` and `about.json`. A file that somebody put into
    `downloads/NAME` in the cache is used instead of downloading one of that name, and left where it is.

    Raises:
        UnknownSetError: There is no such set.
        OSError: No source has it; the message has each one's reason and how to get the files by hand.
    """
    if folder := find(name):
        return folder
    chosen, keep = named(name), cache.place(cache.home() / "downloads" / name)
    reasons = []
    for source in chosen.sources:
        place = ", ".join(dict.fromkeys(download.place for download in source))
        try:
            files = dict(_obtain(source, keep))
            licence = files.pop(LICENCE, b"")
            laid_out = chosen.layout(_checked(files, chosen.parts))
        except (OSError, ValueError) as error:
            placed = [str(file) for download in source for file in sorted(keep.glob(download.file))]
            hint = f" (in {', '.join(placed)}: replace or remove the wrong file)" if placed else ""
            reasons.append(f"{place}: {error}{hint}")
            if isinstance(error, ValueError):  # what came was wrong, so there is nothing to continue
                _forget(keep)
            continue
        return _write(name, place, {**laid_out, LICENCE: _licence(chosen, licence)}, keep)
    files_by_hand = ", ".join(download.by_hand for download in chosen.sources[0])
    keep.mkdir(parents=True, exist_ok=True)
    raise OSError(
        f"{name} could not be fetched. Tried {'; '.join(reasons)}. "
        f"Put {files_by_hand} into {str(keep)!r} by hand, then run the same command"
    )


def digest(files: Files) -> str:
    """SHA-256 of a file, or of the sorted list of several: `sha256sum FILES | LC_ALL=C sort -k 2 | sha256sum`."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return lines[0].split()[0] if len(lines) == 1 else hashlib.sha256("".join(lines).encode()).hexdigest()


def _obtain(source: Sequence[Download], keep: Path) -> Files:
    files: dict[str, bytes] = {}
    for download in source:
        with TemporaryDirectory(prefix="sparring-") as scratch:
            placed = sorted(keep.glob(download.file))
            try:
                file = placed[0] if placed else download.get(keep, Path(scratch))
                files |= archives.take(file, download.wanted)
            except OSError as error:
                raise OSError(f"{download.file}: {error}") from error
    return files


def _checked(files: Files, parts: Sequence[Part]) -> Files:
    """The files that belong to a part, each part as it must be."""
    kept: dict[str, bytes] = {}
    for part in parts:
        group = {name: content for name, content in files.items() if archives.rename(name, {part.name: name})}
        if len(group) != part.count:
            raise ValueError(f"{part.name}: got {len(group)} files, expected {part.count}")
        if (got := digest(group)) != part.sha256:
            raise ValueError(f"{part.name}: got SHA-256 {got}, expected {part.sha256}")
        kept |= group
    return kept


def _write(name: str, place: str, files: Files, keep: Path) -> Path:
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}
    chosen = named(name)
    about = {"name": name, "version": chosen.version, "source": place, "count": chosen.count, "sha256": hashes}
    target = cache.place(cache.home() / "sets" / name)
    with cache.staged(target) as folder:
        for file, content in {**files, "about.json": json.dumps(about, indent=2).encode()}.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    _forget(keep)
    return target


def _forget(keep: Path) -> None:
    """Removes downloads, but nothing that somebody put there."""
    for part in keep.glob("*.part"):
        part.unlink()
    with contextlib.suppress(OSError):  # it is not there, or something is in it
        keep.rmdir()


def _licence(chosen: NamedSet, text: bytes) -> bytes:
    head = f"Licence: {chosen.licence}\nSource: {chosen.homepage}\nAttribution: {chosen.attribution}\n"
    return head.encode() + (b"\n" + text if text else b"")
