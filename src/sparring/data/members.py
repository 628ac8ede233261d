"""Members of a zip archive: their names as they are meant, and those that are not to be read."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from sparring.data.folder import LARGEST
from sparring.data.listing import shown

__all__ = ["DAMAGED", "open_some", "open_sound", "refuse_bomb", "refuse_odd", "strange"]

DAMAGED = (
    BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error, lzma.LZMAError,
    struct.error,
)  # fmt: skip
"""What reading a broken or odd member raises; a name that is not of its encoding is a ValueError."""

_ENCRYPTED, _UTF8, _UNICODE_PATH = 0x1, 0x800, 0x7075
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".7z", ".rar", ".xz", ".bz2")
_METHODS = {0, 8, 12, 14}
"""Of packing: stored, deflate, bzip2, LZMA."""


def _open(path: Path) -> ZipFile:
    """An archive whose members are named with slashes, in the encoding that they are in.

    Raises:
        ValueError: It is no zip, or has a name that cannot be read.
    """
    try:
        archive = ZipFile(path)
    except UnicodeDecodeError as error:
        name = error.object.decode("latin-1") if isinstance(error.object, bytes) else ""
        raise ValueError(
            f"{shown(path)!r} holds a name in an old code page, {shown(name)!r}, marked as UTF-8: rename it and "
            "archive the plain pictures again"
        ) from error
    except DAMAGED as error:
        raise ValueError(f"{shown(path)!r} is not a whole zip archive ({error}): pack or download it again") from error
    for member in archive.filelist:
        member.filename = (_utf8(member) or member.filename).replace("\\", "/")
    archive.NameToInfo = {member.filename: member for member in archive.filelist}  # the last of each name
    return archive


def _utf8(member: ZipInfo) -> str | None:
    """The name in UTF-8; None if it is in an old code page, of which code page 437 is the guess of zipfile."""
    if name := _unicode_path(member):
        return name
    if member.flag_bits & _UTF8:
        return member.orig_filename
    with suppress(ValueError):
        return member.orig_filename.encode("cp437").decode()
    return None


def _unicode_path(member: ZipInfo) -> str:
    """The name in the extra field of Info-ZIP, if it is that of the name in the header; "" without one."""
    extra, raw = member.extra, member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437", "replace")
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and body[:5] == b"\1" + struct.pack("<I", zlib.crc32(raw)):
            with suppress(ValueError):
                return body[5:].decode()
    return ""


def strange(members: Sequence[ZipInfo]) -> list[str]:
    """A note on names in a code page that nobody knows."""
    names = [member.filename for member in members if _utf8(member) is None]
    what = f"{len(names):,} names in the zip are in an old code page, {shown(names[0])} first" if names else ""
    return [f"{what}: if they look wrong, archive the plain pictures again"] if names else []


def _odd(members: Sequence[ZipInfo], largest: int = LARGEST) -> dict[str, list[ZipInfo]]:
    """Members that are not to be read, by reason; each is there once."""
    last = {member.filename: member for member in members}
    found: defaultdict[str, list[ZipInfo]] = defaultdict(list)
    for member in members:
        name = member.filename
        reasons = {
            "a name that points outside it": _leads_out(name),
            "several members of the same name": last[name] is not member,
            "an encrypted member": member.flag_bits & _ENCRYPTED,
            "an archive inside": name.lower().endswith(_ARCHIVES),
            f"a member of over {largest >> 20} MB": member.file_size > largest,
            f"a member packed in an unknown way, {member.compress_type},": member.compress_type not in _METHODS,
        }
        if reason := next((reason for reason, holds in reasons.items() if holds), ""):
            found[reason].append(member)
    return dict(found)


def _leads_out(name: str) -> bool:
    return name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")


def refuse_bomb(path: Path, members: Sequence[ZipInfo]) -> None:
    """Refuses what is small and would be unpacked to a great deal.

    Raises:
        ValueError: It is so.
    """
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > 200 * packed and unpacked > 2**30:
        raise ValueError(
            f"{shown(path)!r} would unpack {packed:,} bytes to {unpacked:,}, like a zip bomb: archive "
            "the plain pictures again"
        )


def refuse_odd(path: Path, found: Mapping[str, Sequence[str]]) -> None:
    """Refuses an archive with members that are not to be read.

    Raises:
        ValueError: The first, and what to do.
    """
    for reason, names in found.items():
        raise ValueError(f"{shown(path)!r} holds {reason} ({shown(names[0])!r}): archive the plain pictures again")


def open_some(path: Path) -> tuple[ZipFile, dict[str, list[str]]]:
    """An archive without the members that are not to be read, and the names of these, by reason.

    Raises:
        ValueError: It is no zip.
    """
    archive = _open(path)
    found = _odd(archive.filelist)
    apart = {id(member) for members in found.values() for member in members}
    archive.filelist = [m for m in archive.filelist if id(m) not in apart and not m.filename.endswith("/")]
    archive.NameToInfo = {member.filename: member for member in archive.filelist}
    return archive, {reason: sorted(m.filename for m in members) for reason, members in found.items()}


def open_sound(path: Path, largest: int = LARGEST) -> ZipFile:
    """An archive all of whose members may be read; `largest` is the number of bytes a member may have.

    Raises:
        ValueError: It is no zip, or has a member that may not.
    """
    archive = _open(path)
    refuse_odd(path, {reason: [m.filename for m in some] for reason, some in _odd(archive.filelist, largest).items()})
    refuse_bomb(path, archive.filelist)
    return archive
