import hashlib
import io
import tarfile

import pytest

from sparring.data import cache
from sparring.export import runtime
from sparring.export.runtime import MissingRuntimeError, find

SCRIPT = "var a=1,b=import.meta.url;export{a as Tensor,b as env};\n//# sourceMappingURL=x.map\n"
FILES = {runtime.SCRIPT: SCRIPT.encode(), runtime.WASM: b"\0asm" + bytes(100)}


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A package of two small files."""
    monkeypatch.setattr(runtime, "SHA256", {name: hashlib.sha256(x).hexdigest() for name, x in FILES.items()})
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))


def packed(path, files, folder="package/dist"):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def never(text):
    raise AssertionError(text)


def test_the_names_of_the_module_are_given_to_the_page(small, tmp_path):
    found = find(packed(tmp_path / "o.tgz", FILES), never)
    assert found.script == 'var a=1,b="blob:page";globalThis.ort={Tensor:a,env:b};'
    assert found.wasm == FILES[runtime.WASM]


@pytest.mark.parametrize("folder", ["", "dist", "package/dist"])
def test_from_a_folder(folder, small, tmp_path):
    place = tmp_path / "here" / folder
    place.mkdir(parents=True)
    for name, content in FILES.items():
        (place / name).write_bytes(content)
    assert find(tmp_path / "here", never).wasm == FILES[runtime.WASM]


def test_other_bytes_are_refused(small, tmp_path):
    other = packed(tmp_path / "o.tgz", {**FILES, runtime.WASM: b"other"})
    with pytest.raises(
        ValueError, match=rf"{runtime.WASM} has SHA-256 {hashlib.sha256(b'other').hexdigest()}, expected"
    ):
        find(other, never)


def test_missing_files_are_named(small, tmp_path):
    with pytest.raises(ValueError, match=f"there is no {runtime.SCRIPT} in .*: expected onnxruntime-web"):
        find(tmp_path, never)
    elsewhere = packed(tmp_path / "o.tgz", FILES, "../../package/dist")
    with pytest.raises(ValueError, match=f"there is no {runtime.SCRIPT}"):
        find(elsewhere, never)


def test_it_is_fetched_once_and_said_before(small, tmp_path, monkeypatch):
    events = []

    def get(self, keep, scratch):
        events.append("fetched")
        return packed(scratch / self.file, FILES)

    monkeypatch.setattr(runtime.Npm, "get", get)
    assert find(None, events.append).wasm == find(None, never).wasm == FILES[runtime.WASM]
    assert events[1:] == ["fetched"]
    assert "with npm (33 MB, once" in events[0]
    assert str(cache.home()) in events[0]


def test_a_wrong_package_does_not_enter_the_cache(small, monkeypatch):
    monkeypatch.setattr(runtime.Npm, "get", lambda self, keep, scratch: packed(scratch / self.file, {}))
    with pytest.raises(ValueError, match="there is no"):
        find(None, lambda _: None)
    assert not (cache.home() / "runtimes").exists()


def test_what_was_damaged_in_the_cache_is_said(small, monkeypatch):
    monkeypatch.setattr(runtime.Npm, "get", lambda self, keep, scratch: packed(scratch / self.file, FILES))
    find(None, lambda _: None)
    (kept,) = (cache.home() / "runtimes").iterdir()
    (kept / runtime.WASM).write_bytes(b"")
    with pytest.raises(ValueError, match="remove it, and it is fetched again"):
        find(None, never)


def test_without_npm_it_says_how_to_bring_it(small, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingRuntimeError, match=r"npm is not installed\).*npm pack .*give --ort onnxruntime-web-"):
        find(None, lambda _: None)
