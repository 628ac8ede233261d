"""Opening data, whatever they are: decoded once, in parallel, into a cache that is keyed by content.

A second start finds the cache by the names, sizes and times of the files, without reading them. Moved or copied files
are recognised by their content and not decoded again.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from sparring.data import cache, objects, own, prepared, readers
from sparring.data.listing import Encoded, Listing, shown, stamp
from sparring.data.preparation import Preparation
from sparring.data.source import InMemory

__all__ = ["Openable", "open_data"]

Openable = str | Path | Any
"""See `open_data`: what can be opened has no type in common."""


def open_data(data: Openable, preparation: Preparation | None = None) -> InMemory:
    """Data of any kind, ready to train on.

    Args:
        data: A folder of pictures (class sub-folders, or a table of labels or captions beside them, are optional), a
            zip of the same, an .npy or .npz array, an idx file, the folder of CIFAR-10's binary version, SVHN's
            train_32x32.mat, a table that names pictures, or the name of a set: see `sparring data list`. Or what a
            program has: a list of files; a tensor or NumPy array, of pictures as bytes or as floats in [-1, 1] or
            [0, 1], or of points [N, D]; a pair (x, y); a torch Dataset or DataLoader; a Hugging Face dataset.
        preparation: Size, colour and labels.

    Returns:
        Pictures [N, C, H, W] as bytes, mapped from the cache, with labels [N] or partners [N, C, H, W] where there are
        any; or points [N, D] as floats. Tensors and arrays stay in memory. `report` says what was found.

    Raises:
        TypeError: It is no data; the message says what is.
        ValueError: There is nothing to train on; the message says what is wrong and what to do.
        OSError: Something cannot be read or written.

    Example:
        >>> open_data("ring").x.shape
        torch.Size([100000, 2])
        >>> import torch
        >>> open_data((torch.zeros(8, 28, 28), list("abababab"))).classes
        ['a', 'b']
    """
    if not isinstance(preparation, Preparation | None):
        got = type(preparation).__name__
        raise TypeError(f"preparation is a {got}; expected a Preparation: for labels write open_data((x, y))")
    preparation = preparation or Preparation()
    found = (readers if isinstance(data, str | Path) else objects).read(data, preparation.labels)
    _check(shown(Path(data)) if isinstance(data, str | Path) else type(data).__name__, found, preparation)
    if isinstance(found, InMemory):
        return found
    found = found.within(preparation.limits)
    known = _known(found, preparation)
    entry = cache.home() / "prepared" / name if known and (name := cache.noted(known)) else None
    kept = prepared.load(entry, found) if entry else None
    if entry is None or kept is None:
        entry = prepared.make(found, preparation)
        kept = prepared.load(entry, found)
        if kept is None:
            raise OSError(f"{str(entry)!r} in the cache cannot be used: set SPARRING_CACHE to another folder")
        if known:
            cache.note(known, entry.name)
    cache.used(entry)
    if isinstance(found, Encoded):
        own.remember(found.looked, found.ignored.get(own.DRAWING, ()))
    return kept


def _known(found: Listing, preparation: Preparation) -> Path | None:
    """Where the name of the entry stands, as long as nobody writes to the files; None of what has no files."""
    if not found.stamp:
        return None
    table = Path(preparation.labels)
    stamps = found.stamp + (stamp([table]) if table.is_file() else "")
    wanted = (cache.user(), prepared.VERSION, found.kind, stamps, found.skipped, dataclasses.astuple(preparation))
    return cache.home() / "known" / prepared.digest_of(*wanted)


def _check(name: str, found: Listing | InMemory, preparation: Preparation) -> None:
    """Refuses wishes that what was found cannot meet."""
    if preparation.labels not in {"auto", "none"} and not isinstance(found, Encoded):
        raise ValueError(
            f"{name!r} has no files that the table {shown(Path(preparation.labels))!r} could name: "
            "use --labels auto or none"
        )
    if isinstance(found, InMemory) and dataclasses.replace(preparation, labels="auto") != Preparation():
        raise ValueError(f"{name!r} cannot be changed: leave out --size, --fit, --colour, --alpha and --range")
