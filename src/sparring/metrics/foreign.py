"""Weights of networks that others published: files that are hashed before anything in them is read.

What comes out are tensors and nothing else. A .safetensors file can hold nothing else; one of torch is a pickle, which
may name code to run, and is read by torch's unpickler that knows tensors and plain containers alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import warnings
import zipfile
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

__all__ = ["digest", "read_weights"]

_WRAPPERS = "state_dict", "model"
_SUFFIXES = ".safetensors", ".pth", ".pt", ".bin"


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hex digits.

    Raises:
        OSError: There is no such file, or it cannot be read.
    """
    with _open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_weights(path: Path, sha256: str) -> dict[str, Tensor]:
    """The tensors of a state dictionary by name, on the CPU, in memory of their own.

    Args:
        path: A .safetensors file, or a .pth, .pt or .bin of torch that holds a dictionary of tensors, by itself or
            under `state_dict` or `model`.
        sha256: What the file's bytes must hash to, or the beginning of it, 8 hex digits or more, where a publisher
            tells no more.

    Raises:
        OSError: There is no such file, or it cannot be read.
        ValueError: The file is another one than was expected, is damaged, or holds anything but tensors.
    """
    expected = sha256.lower()
    if not re.fullmatch(r"[0-9a-f]{8,64}", expected):
        raise ValueError(f"the expected SHA-256 is {sha256!r}; expected its 64 hex digits, or the first 8 or more")
    if path.suffix not in _SUFFIXES:
        raise ValueError(f"{str(path)!r} is not named as a file of weights; expected one of {', '.join(_SUFFIXES)}")
    with _open(path) as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        if not found.startswith(expected):
            raise ValueError(
                f"{str(path)!r} has SHA-256 {found}; expected {expected}{'...' if len(expected) < 64 else ''}: it is "
                "damaged or another version. Fetch it again"
            )
        file.seek(0)  # the same open file, so that what is read is what was hashed
        return _tensors((_safetensors if path.suffix == ".safetensors" else _pickle)(file, path), path)


class _Reader(BufferedReader):
    """A file of which a read makes room for no more than it holds, whatever length a damaged pickle names."""

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes, all that are left with -1 or None."""
        return super().read(None if size is None else min(size, os.fstat(self.fileno()).st_size))


def _open(path: Path) -> BufferedReader:
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a directory; expected a file of weights: name the file inside it")
    try:
        return _Reader(path.open("rb", buffering=0))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no file {str(path)!r}: fetch it, or correct the path") from error
    except OSError as error:
        raise OSError(f"{str(path)!r} cannot be read ({error.strerror}): look at its permissions") from error


def _safetensors(file: BufferedReader, path: Path) -> object:
    try:
        return safetensors.torch.load(file.read())
    except Exception as error:
        raise ValueError(f"{str(path)!r} is not a safetensors file ({_told(error)}): fetch it again") from error


def _pickle(file: BufferedReader, path: Path) -> object:
    if _is_program(file):
        raise ValueError(
            f"{str(path)!r} is a TorchScript archive, which is a program; expected a dictionary of tensors. Fetch the "
            "state dictionary of the network. Or, if you trust the program, save `module.state_dict()` as .safetensors"
        )
    file.seek(0)
    try:
        with warnings.catch_warnings(action="ignore"):  # of old protocols: what matters is an error
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ValueError(
            f"{str(path)!r} is damaged or holds more than tensors ({_told(error)}): fetch it again, or convert it "
            "to .safetensors if you trust it"
        ) from error


def _is_program(file: BufferedReader) -> bool:
    if not zipfile.is_zipfile(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.endswith("constants.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False  # torch says what is wrong with it


def _told(error: Exception) -> str:
    """What a library's error says, without its advice, which may be to run what the file holds."""
    if named := re.search(r"GLOBAL (\S+)", str(error)):
        return f"it names {named[1]}"
    return str(error).strip().partition("\n")[0].split(". ")[0][:120] or type(error).__name__


def _tensors(content: Any, path: Path) -> dict[str, Tensor]:
    wrapped = [content.get(key) for key in _WRAPPERS] if isinstance(content, Mapping) else []
    found = next((inner for inner in wrapped if isinstance(inner, Mapping)), content)
    if not isinstance(found, Mapping) or not found:
        what = f"an object of type {type(found).__name__}" if not isinstance(found, Mapping) else "nothing"
        raise ValueError(f"{str(path)!r} holds {what}; expected a dictionary of tensors: save `module.state_dict()`")
    for name, value in found.items():
        if not isinstance(name, str) or not _is_plain(value):
            kind = value.layout if isinstance(value, Tensor) else type(value).__name__
            raise ValueError(
                f"{str(path)!r} holds an object of type {kind} under {str(name)[:80]!r}; expected names and dense "
                "tensors in memory: save `module.state_dict()` alone"
            )
    return {name: value.detach().clone() for name, value in found.items()}


def _is_plain(value: object) -> bool:
    """Whether it is a tensor with all its numbers in memory, and no more than that."""
    if not isinstance(value, Tensor) or value.layout != torch.strided:
        return False
    return value.device.type == "cpu" and not value.is_quantized
