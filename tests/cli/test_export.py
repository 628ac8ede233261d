import os
import sys

import pytest

from sparring import cli
from sparring.export import onnx_file, runtime

FILES = {"generator.onnx", "generator.safetensors", "README.md", "page.html"}


@pytest.fixture
def here(monkeypatch):
    """A runtime for pages that need not run."""
    monkeypatch.setattr(runtime, "find", lambda place, say: runtime.Runtime("globalThis.ort = {};", b"\0asm"))


def names(folder):
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_all_files(garments, tmp_path, here, capsys):
    out = tmp_path / "my [bold]files"
    assert cli.run("export", [str(garments / "seed 0"), "--out", str(out)]) == 0
    assert names(out) == FILES
    said = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in said] == [str(out / name) for name in (
        "generator.onnx", "generator.safetensors", "README.md", "page.html")]  # fmt: skip


def test_only_some(garments, tmp_path, capsys):
    arguments = [str(garments / "seed 0"), "--out", str(tmp_path / "x"), "--only", "card", "safetensors"]
    assert cli.run("export", arguments) == 0
    assert names(tmp_path / "x") == {"README.md", "generator.safetensors"}
    assert cli.run("export", arguments) == 2
    assert "has README.md, generator.safetensors already: choose another --out" in capsys.readouterr().err


def test_points_have_no_page(points, tmp_path, capsys):
    assert cli.run("export", [str(points), "--out", str(tmp_path / "x")]) == 0
    assert names(tmp_path / "x") == FILES - {"page.html"}
    assert "Not written: page.html. a page shows grey or colour pictures; this run makes points of [2]" in (
        capsys.readouterr().out
    )
    assert cli.run("export", [str(points), "--out", str(tmp_path / "y"), "--only", "page"]) == 2
    assert capsys.readouterr().err.startswith("sparring: a page shows grey or colour pictures")
    assert not (tmp_path / "y").exists()


def test_a_failed_check_writes_nothing(garments, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(onnx_file, "difference", lambda *_: 0.125)
    assert cli.run("export", [str(garments / "seed 0"), "--out", str(tmp_path / "x")]) == 2
    assert "differs from PyTorch by 0.125; expected at most 1e-05. Nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_missing_package_is_named_and_the_rest_written(garments, tmp_path, monkeypatch, here, capsys):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    assert cli.run("export", [str(garments / "seed 0"), "--out", str(tmp_path / "x")]) == 2
    assert names(tmp_path / "x") == {"generator.safetensors", "README.md"}
    said = capsys.readouterr().out
    assert "Not written: generator.onnx. onnxscript is missing: pip install 'sparring[export]'" in said
    assert "Not written: page.html. onnxscript is missing" in said


def test_without_npm_the_rest_is_written(garments, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    assert cli.run("export", [str(garments / "seed 0"), "--out", str(tmp_path / "x")]) == 2
    assert names(tmp_path / "x") == FILES - {"page.html"}
    assert "Not written: page.html. onnxruntime-web" in capsys.readouterr().out


def test_no_run(tmp_path, capsys):
    assert cli.run("export", [str(tmp_path)]) == 2
    assert "is not a run" in capsys.readouterr().err
    assert not names(tmp_path)


def test_names_that_cannot_be_printed(garments, tmp_path, here, capsys):
    """Title, licence and folder; each file is whole, and no sign of a terminal is in what people read."""
    name = "a b\x1b[31m<b>\n" + os.fsdecode(b"\xe9")
    out = tmp_path / name
    words = [str(garments / "seed 0"), "--title", name, "--licence", name, "--out", str(out)]
    assert cli.run("export", words) == 0
    assert names(out) == FILES
    for text in (
        capsys.readouterr().out,
        *((out / file).read_text(encoding="utf-8") for file in ("README.md", "page.html")),
    ):
        assert "\x1b" not in text
    assert r"\x1b" in (out / "README.md").read_text(encoding="utf-8")
