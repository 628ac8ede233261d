"""ONNX Runtime Web: the program that runs an ONNX file inside a page, from the npm package of its makers.

npm fetches the package once; two of its files are kept in sparring's cache. Whatever way they come, they must have the
SHA-256 that stands here. It is one script and one WebAssembly module, which use one thread and no network.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sparring.data import archives, cache
from sparring.data.downloads import Npm
from sparring.machine.words import shown

__all__ = ["PACKAGE", "MissingRuntimeError", "Runtime", "find"]

SCRIPT, WASM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
PACKAGE = Npm({f"package/dist/{name}": name for name in (SCRIPT, WASM)}, "onnxruntime-web", "1.30.0")
"""Microsoft's, MIT licence; 33 MB, of which 14 are used."""

SHA256 = {
    SCRIPT: "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    WASM: "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}

_EXPORTS = re.compile(r"export\{([^{}]*)\};?\s*(//# sourceMappingURL=\S*\s*)?$")


class MissingRuntimeError(OSError):
    """The files cannot be had; the message says how to get them."""


@dataclass(frozen=True)
class Runtime:
    """What goes into a page.

    Attributes:
        script: A module's text, which makes `ort` known to the other scripts of the page.
        wasm: The WebAssembly module.
    """

    script: str
    wasm: bytes


def find(place: Path | None, say: Callable[[str], None]) -> Runtime:
    """The runtime: from `place`, from the cache, or fetched.

    Args:
        place: The package's .tgz, or a folder that has its files.
        say: Told where files come from before they are fetched.

    Raises:
        MissingRuntimeError: It cannot be had.
        ValueError: A file is not what it should be.
    """
    if place is not None:
        return _runtime(_checked(_given(place), str(place)))
    kept = cache.place(cache.home() / "runtimes" / f"{PACKAGE.name}-{PACKAGE.version}")
    if not kept.is_dir():
        say(
            f"Fetching {PACKAGE.name} {PACKAGE.version} with npm (33 MB, once; Microsoft's, MIT licence). It runs the "
            f"generator inside the page. It is kept in {shown(kept)}"
        )
        files = _checked(_fetched(), PACKAGE.place)
        with cache.staged(kept) as folder:
            for name, content in files.items():
                (folder / name).write_bytes(content)
    return _runtime(_checked(_given(kept), f"{str(kept)!r}; remove it, and it is fetched again"))


def _fetched() -> Mapping[str, bytes]:
    with TemporaryDirectory(prefix="sparring-") as scratch:
        try:
            return archives.take(PACKAGE.get(Path(scratch), Path(scratch)), PACKAGE.wanted)
        except OSError as error:
            raise MissingRuntimeError(
                f"{PACKAGE.name} {PACKAGE.version} could not be fetched ({error}). On a machine with npm, run "
                f"'{' '.join(('npm', *PACKAGE.arguments))}'. Copy {PACKAGE.file} here and give --ort {PACKAGE.file}"
            ) from error


def _given(place: Path) -> Mapping[str, bytes]:
    """The files of a .tgz, or of a folder: themselves, or in the folders that the package has."""
    if place.is_file():
        return archives.take(place, PACKAGE.wanted)
    found = {name: next((f for f in _places(place, name) if f.is_file()), None) for name in SHA256}
    return {name: file.read_bytes() for name, file in found.items() if file is not None}


def _places(folder: Path, name: str) -> list[Path]:
    return [folder / part / name for part in ("", "dist", "package/dist")]


def _checked(files: Mapping[str, bytes], place: str) -> Mapping[str, bytes]:
    for name, expected in SHA256.items():
        if name not in files:
            raise ValueError(f"there is no {name} in {place}: expected {PACKAGE.name} {PACKAGE.version}")
        if (got := hashlib.sha256(files[name]).hexdigest()) != expected:
            raise ValueError(
                f"{name} has SHA-256 {got}, expected {expected}: it is not that of {PACKAGE.name} {PACKAGE.version} "
                f"({place})"
            )
    return files


def _runtime(files: Mapping[str, bytes]) -> Runtime:
    """The files as they go into a page: a module there cannot export, so it gives its names to the page.

    It thinks that it comes from a place without files beside it: what it would make of the page's own address, when
    that is of a file, is an error in Firefox.
    """
    script = files[SCRIPT].decode().replace("import.meta.url", '"blob:page"')
    exports = _EXPORTS.search(script)
    assert exports, "these bytes end so"
    pairs = (part.split(" as ") for part in exports[1].split(","))
    names = ",".join(f"{name}:{local}" for local, name in pairs)
    return Runtime(f"{script[: exports.start()]}globalThis.ort={{{names}}};", files[WASM])
