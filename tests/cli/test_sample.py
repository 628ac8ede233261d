"""Samples as one picture, single files, numbers; walks between them."""

import errno
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

import sparring
from sparring import cli
from sparring.data.opening import open_data
from sparring.kinds.drawing import MARK


@pytest.fixture
def run(garments, tmp_path, monkeypatch):
    """A run, seen from an empty folder."""
    monkeypatch.chdir(tmp_path)
    return str(garments / "seed 0")


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.fixture
def expected(run):
    """Samples 0 to 3 as bytes [4, 28, 28]."""
    sampler = sparring.load(run)
    return sampler.kind.array(sampler.sample(4))[:, 0]


@pytest.mark.parametrize("out", ["grid.PNG", "grid.jpg", "grid.jpeg", "grid.webp", "below/grid.png"])
def test_the_name_of_a_picture_gives_a_grid(out, run, tmp_path):
    assert cli.run("sample", [run, "-n", "4", "--out", out]) == 0
    assert pixels(out).shape[:2] == (124, 124)
    assert MARK.encode() in (tmp_path / out).read_bytes()


def test_one_sample_is_itself(run, tmp_path, expected):
    assert cli.run("sample", [run, "-n", "1", "--out", "one.png"]) == 0
    assert (pixels("one.png") == expected[0]).all()
    assert MARK.encode() not in (tmp_path / "one.png").read_bytes()
    assert cli.run("sample", [run, "-n", "1", "--out", "one.png", "--grid"]) == 0
    assert pixels("one.png").shape == (64, 64)


def test_rows_of_classes_are_refused_where_there_are_none(run, capsys):
    assert cli.run("sample", [run, "--by-class"]) == 2
    assert "--by-class is for runs with classes; this one can be asked for nothing" in capsys.readouterr().err


def test_a_folder_gets_single_files_that_are_data(run, tmp_path, expected, capsys):
    assert cli.run("sample", [run, "-n", "4", "--out", "v1.5/"]) == 0
    assert capsys.readouterr().out == "4 samples in v1.5\n"
    assert sorted(path.name for path in tmp_path.joinpath("v1.5").iterdir()) == ["0.png", "1.png", "2.png", "3.png"]
    assert all((pixels(f"v1.5/{i}.png") == expected[i]).all() for i in range(4))
    assert len(open_data("v1.5")) == 4
    with Image.open("v1.5/2.png") as image:
        about = image.info["Description"]
    digest = hashlib.sha256(Path(run, "model", "average.safetensors").read_bytes()).hexdigest()[:16]
    assert about == f"sample 2 of seed 0, seed 0, average weights, model SHA-256 {digest}"


def test_nothing_in_a_folder_is_replaced(run, tmp_path, capsys):
    tmp_path.joinpath("mine").mkdir()
    assert cli.run("sample", [run, "-n", "2", "--out", "mine"]) == 0, "an empty one may be there"
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    assert cli.run("sample", [run, "-n", "3", "--out", "mine"]) == 2
    assert "'mine' exists and is not empty: choose another --out" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.png")} == before
    assert cli.run("sample", [run, "-n", "3", "--out", "mine", "--grid", "--format", "webp"]) == 0
    assert pixels("mine/grid.webp").shape[:2] == (124, 124)


@pytest.mark.parametrize(("form", "exact"), [("png", True), ("webp", True), ("jpg", False)])
def test_a_zip_has_the_same_bytes_each_time(form, exact, run, tmp_path, expected):
    for out in ("a.zip", "b.ZIP"):
        assert cli.run("sample", [run, "-n", "4", "--out", out, "--format", form]) == 0
    assert tmp_path.joinpath("a.zip").read_bytes() == tmp_path.joinpath("b.ZIP").read_bytes()
    with zipfile.ZipFile("a.zip") as archive:
        assert archive.namelist() == [f"{i}.{form}" for i in range(4)]
        assert archive.comment.startswith(b"samples of seed 0, seed 0, average weights, model SHA-256 ")
        for i in range(4):
            with archive.open(f"{i}.{form}") as file:
                found = np.asarray(Image.open(file).convert("L"))
            assert not exact or (found == expected[i]).all()
    assert len(open_data("a.zip")) == 4


def test_many_samples_are_never_in_memory_at_once(run, monkeypatch):
    """All of them are asked for by nobody."""
    monkeypatch.setattr(sparring.samplers.GeneratorSampler, "sample", lambda *_, **__: pytest.fail("asked for all"))
    assert cli.run("sample", [run, "-n", "300", "--out", "many"]) == 0
    assert cli.run("sample", [run, "-n", "300", "--out", "many.zip"]) == 0
    with zipfile.ZipFile("many.zip") as archive:
        assert archive.namelist()[-1] == "299.png"


def test_what_fails_leaves_nothing(run, tmp_path, monkeypatch):
    parts = sparring.samplers.GeneratorSampler.parts

    def broken(self, n, **asked):
        yield from parts(self, 2, **asked)
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(sparring.samplers.GeneratorSampler, "parts", broken)
    for out in ("folder/", "samples.zip", "s.png", "s.npz"):
        assert cli.run("sample", [run, "--out", out]) == 4
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--out x.gif", "expected a name ending in .png, .webp, .jpg, .jpeg, .npy, .npz, .csv, .txt, .zip, or / for a"),
        ("--out x.csv", "pictures cannot be written so: give a folder, such as samples/"),
        ("--out x.png --format webp", "--out is 'x.png': leave out --format"),
        ("--out x.npy --grid", "--grid draws a picture, and --out is 'x.npy'"),
        ("-n 0", "-n is 0; expected 1 or more"),
    ],
)
def test_what_cannot_be_written_is_said(words, message, run, tmp_path, capsys):
    assert cli.run("sample", [run, *words.split()]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_points_are_tables(points, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    expected = sparring.load(points).sample(3)
    for out in ("p.csv", "p.npy", "p.png", "p.zip", "p/"):
        assert cli.run("sample", [str(points), "-n", "3", "--out", out]) == 0
    table = np.loadtxt("p.csv", delimiter=",", skiprows=1)
    assert table == pytest.approx(expected.numpy(), abs=1e-6)
    with zipfile.ZipFile("p.zip") as archive:
        assert archive.namelist() == ["points.csv", "points.npy"]
        assert archive.read("points.csv") == (tmp_path / "p.csv").read_bytes()
    assert (tmp_path / "p" / "points.csv").read_bytes() == (tmp_path / "p.csv").read_bytes()
    assert cli.run("sample", [str(points), "--out", "q/", "--format", "png"]) == 2
    assert "--format is for pictures, and these samples are points" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["walk.webp", "walk.GIF"])
def test_a_walk_is_a_video(out, run, tmp_path, capsys):
    words = [run, "--seeds", "3", "8", "--frames", "6", "--seconds", "0.6", "--out", out]
    assert cli.run("walk", words) == 0
    assert capsys.readouterr().out == f"6 frames, 0.6 seconds, in {out}\n"
    assert MARK.encode() in (tmp_path / out).read_bytes()
    sampler = sparring.load(run)
    with Image.open(out) as video:
        assert (video.size, video.n_frames) == ((252, 252), 6)
        frames = [np.asarray(frame.convert("L"))[4::9, 4::9].astype(int) for frame in ImageSequence.Iterator(video)]
    first, second = (sampler.kind.array(sampler.sample(1, seed=seed))[0, 0].astype(int) for seed in (3, 8))
    for frame, wanted, other in ((frames[0], first, second), (frames[3], second, first)):
        assert np.abs(frame - wanted).mean() < 0.6 * np.abs(frame - other).mean()


def test_walks_side_by_side(run):
    assert cli.run("walk", [run, "-n", "4", "--frames", "4", "--size", "500", "--out", "w.gif"]) == 0
    with Image.open("w.gif") as video:
        assert video.size == (496, 496)


def test_a_walk_of_points(points, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.run("walk", [str(points), "--seeds", "0", "1", "--frames", "2", "--out", "w.gif"]) == 0
    with Image.open("w.gif") as video:
        assert video.n_frames == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--out walk.mp4", "expected a name ending in .webp or .gif"),
        ("--seeds 1", "got 1 seed; expected two or more: --seeds 0 1"),
        ("--frames 3", "got 0.12 seconds and 3 frames; expected more than 0, and a frame for each seed"),
        ("--frames 100 --seconds 1", "expected at most 50 a second"),
        ("--seconds -1", "expected more than 0"),
        ("-n 0", "-n is 0; expected 1 or more"),
        ("--class bag", "the recipe has no condition"),
    ],
)
def test_walks_that_lead_nowhere(words, message, run, tmp_path, capsys):
    assert cli.run("walk", [run, *words.split()]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
