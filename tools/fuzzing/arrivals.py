"""Readers of what comes from elsewhere to be used by sparring: weights, archives, and answers of servers."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import pickle
import tarfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from socket import create_server

from fuzzing import mutation
from fuzzing.mutation import Touch
from fuzzing.pictures import WHOLE
from fuzzing.reader import GIVEN, Files, Reader, zipped

__all__ = ["READERS", "headed"]


def headed(content: bytes, touch: Touch) -> bytes:
    """A file of safetensors of which the header or the whole is damaged."""
    if touch.often(0.5):
        return touch(content)
    length = int.from_bytes(content[:8], "little")
    header = touch(content[8 : 8 + length], mutation.tree)
    return len(header).to_bytes(8, "little") + header + content[8 + length :]


@cache
def _weights() -> Mapping[str, bytes]:
    import safetensors.torch
    import torch
    from torch import nn

    state = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).state_dict()
    made = {"a.safetensors": safetensors.torch.save(state)}
    for name, content, new in (("a.pth", {"state_dict": state, "epoch": 3}, True), ("b.pt", state, False)):
        buffer = io.BytesIO()
        torch.save(content, buffer, _use_new_zipfile_serialization=new)
        made[name] = buffer.getvalue()
    return made


class _Code:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("ran",)


def _torch(touch: Touch) -> Files:
    """Weights of torch; the members of its zip are damaged too, and its pickle may name code."""
    name = touch.pick(("a.pth", "b.pt", "c.bin"))
    if name == "c.bin":
        return {f"{GIVEN}/{name}": touch(pickle.dumps({"a": _Code()}, touch.pick((2, 4))))}
    if name == "b.pt":
        return {f"{GIVEN}/{name}": touch(_weights()[name])}
    with zipfile.ZipFile(io.BytesIO(_weights()[name])) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    changed = [(member, touch(content) if "data" in member else content) for member, content in members]
    return {f"{GIVEN}/{name}": touch(zipped(changed))}


def _read_weights(folder: Path) -> object:
    from sparring.metrics.foreign import digest, read_weights

    (file,) = (folder / GIVEN).iterdir()
    return read_weights(file, digest(file))


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("package/a.png", "package/b.png.gz"):
            info = tarfile.TarInfo(name)
            content = gzip.compress(WHOLE) if name.endswith("gz") else WHOLE
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _archive(touch: Touch) -> Files:
    content = touch.pick((_tar(), gzip.decompress(_tar()), zipped([("package/a.png", WHOLE)], zipfile.ZIP_DEFLATED)))
    packed = content.startswith((b"PK", b"\x1f\x8b"))
    damaged = touch(content)
    name = "a.zip" if content.startswith(b"PK") else "a.tgz"
    return {f"{GIVEN}/{name}": damaged if packed else gzip.compress(damaged)}


def _take(folder: Path) -> object:
    from sparring.data import archives

    (file,) = (folder / GIVEN).iterdir()
    return archives.take(file, {"package/*.png": "*.png", "package/*.gz": "*"})


def _answer(touch: Touch) -> Files:
    """What a server says."""
    head = touch.pick(
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n",
            b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-8/9\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: /other\r\n",
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n",
            b"HTTP/1.1 416 No\r\nContent-Range: bytes */4\r\n",
        )
    )
    partly = {"keep/a.zip.part": b"1234"} if touch.pick((True, False)) else {}
    return {"answer": touch(head + b"\r\n123456789", mutation.text), **partly}


def _download(folder: Path) -> object:
    from sparring.data.downloads import Web

    content = (folder / "answer").read_bytes()

    def serve() -> None:
        for _ in range(40):
            client, _ = server.accept()
            with client:
                client.recv(65536)
                client.sendall(content)

    with create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: _quietly(serve), daemon=True)
        thread.start()
        try:
            return Web({}, f"http://127.0.0.1:{server.getsockname()[1]}/a.zip").get(folder / "keep", folder / "tmp")
        finally:
            server.shutdown(2)
            thread.join()


def _quietly(work: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):  # nobody asks any more
        work()


_NET = frozenset({"socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request"})

READERS = (
    Reader(
        "safetensors",
        lambda touch: {f"{GIVEN}/a.safetensors": headed(_weights()["a.safetensors"], touch)},
        _read_weights,
    ),
    Reader("torch", _torch, _read_weights),
    Reader("archives", _archive, _take),
    Reader("download", _answer, _download, _NET),
)
"""One for each kind of file that is fetched."""
