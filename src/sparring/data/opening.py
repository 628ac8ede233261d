"""Opening data, whatever they are: decoded once, in parallel, into a cache that is keyed by content.

A second start finds the cache by the names, sizes and times of the files, without reading them. Moved or copied files
are recognised by their content and not decoded again.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from sparring.data import cache, own, prepared, readers
from sparring.data.listing import Encoded, Listing, shown, stamp
from sparring.data.preparation import Preparation
from sparring.data.source import InMemory
from sparring.machine.files import write_atomically

__all__ = ["open_data"]


def open_data(path: str | Path, preparation: Preparation | None = None) -> InMemory:
    """Data of any kind, ready to train on.

    Args:
        path: A folder of pictures (class sub-folders, or a table of labels or captions beside them, are optional), a
            zip of the same, an .npy or .npz array, an idx file, the folder of CIFAR-10's binary version, SVHN's
            train_32x32.mat, a table that names pictures, or the name of a set: see `sparring data list`.
        preparation: Size, colour and labels.

    Returns:
        Pictures [N, C, H, W] as bytes, mapped from the cache, with labels [N] or partners [N, C, H, W] where there are
        any; or points [N, D] as floats. `report` says what was found.

    Raises:
        ValueError: There is nothing to train on; the message says what is wrong and what to do.
        OSError: Something cannot be read or written.

    Example:
        >>> open_data("ring").x.shape
        torch.Size([100000, 2])
    """
    preparation = preparation or Preparation()
    found = readers.read(path, preparation.labels)
    _check(path, found, preparation)
    if isinstance(found, InMemory):
        return found
    table = Path(preparation.labels)
    stamps = found.stamp + (stamp([table]) if table.is_file() else "")
    wanted = (prepared.VERSION, found.kind, stamps, found.skipped, dataclasses.astuple(preparation))
    known = cache.home() / "known" / prepared.digest_of(*wanted)
    kept = prepared.load(cache.home() / "prepared" / known.read_text(), found) if known.is_file() else None
    if kept is None:
        entry = prepared.make(found, preparation)
        kept = prepared.load(entry, found)
        write_atomically(known, entry.name.encode())
    if isinstance(found, Encoded):
        own.remember(found.looked, found.ignored.get(own.DRAWING, ()))
    assert kept is not None, "what was just written can be read"
    return kept


def _check(path: str | Path, found: Listing | InMemory, preparation: Preparation) -> None:
    """Refuses wishes that what was found cannot meet."""
    if preparation.labels not in {"auto", "none"} and not isinstance(found, Encoded):
        raise ValueError(
            f"{shown(Path(path))!r} has no files that the table {shown(Path(preparation.labels))!r} could name: "
            "use --labels auto or none"
        )
    if isinstance(found, InMemory) and dataclasses.replace(preparation, labels="auto") != Preparation():
        raise ValueError(f"{shown(Path(path))!r} is used as it is: leave out --size, --fit, --colour and --alpha")
