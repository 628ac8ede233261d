"""Nothing that sparring writes among pictures is learned from: runs, drawings, the cache."""

import io
import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from made import folder as pictures
from made import noise
from sparring import cli
from sparring.data import own
from sparring.data.opening import open_data
from sparring.kinds import drawing, formats, moving
from sparring.kinds.pictures import Pictures
from sparring.runs import files

SHEET = Image.fromarray(noise(1, 50, 70, 3)[0])
TRAIN = ["--rounds", "2", "--batch", "4", "--width", "2", "--latent", "3", "--device", "cpu", "--threads", "1"]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    pictures(folder, 6, (8, 9, 3))
    return folder


def drawn(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def in_exif(image, format):
    exif = image.getexif()
    exif[0x0131] = drawing.MARK
    return drawn(image, format, exif=exif)


DRAWN = {
    **{f"grid{ending}": formats.encode(SHEET, ending, "seed 0", sheet=True) for ending in (".png", ".webp", ".jpg")},
    "walk.gif": moving.moving([SHEET, SHEET], [100, 100], ".gif"),
    "walk.webp": moving.moving([SHEET, SHEET], [100, 100], ".webp"),
    "sheet.png": drawing.encode(SHEET),
    "film.gif": drawn(SHEET, "GIF", comment=drawing.MARK),
    "sheet.jpg": drawn(SHEET, "JPEG", comment=drawing.MARK),
    "exif.jpg": in_exif(SHEET, "JPEG"),
    "sheet.webp": in_exif(SHEET, "WEBP"),
}


def run_at(folder):
    """A directory like that of a run, whose pictures have no mark."""
    pictures(folder / "samples", 3, (8, 9, 3))
    files.write_config(folder, {"recipe": "dcgan", "config": {}, "data": {}, "sessions": []})


def test_a_run_in_the_folder_it_learns_from(photos, monkeypatch, capsys):
    """All that training, sampling and looking write there, with the usual places to write to."""
    before = open_data(photos).digest()
    monkeypatch.chdir(photos)
    assert cli.run("train", ["dcgan", "--data", ".", *TRAIN]) == 0
    (run,) = photos.glob("runs/*")
    assert cli.run("resume", [str(run), "--rounds", "3"]) == 0
    assert cli.run("sample", [str(run)]) == 0
    assert cli.run("data", ["report", ".", "--out", "sheet.png"]) == 0
    with pytest.warns(UserWarning, match="is the training data of"):
        assert cli.run("turing", [str(run), "--against", ".", "--n", "4"]) == 0
    (photos / run.name).mkdir()
    shutil.copy(run / "preview.png", photos / run.name)  # taken out of the run
    capsys.readouterr()
    for words in (["--out", "generated/"], ["-n", "1", "--out", "one.png"]):
        assert cli.run("sample", [str(run), *words]) == 2
        assert "is inside" in capsys.readouterr().err
    assert cli.run("sample", [str(run), "-n", "2", "--out", str(run / "generated")]) == 0
    capsys.readouterr()
    assert cli.run("data", ["report", "."]) == 0
    said = capsys.readouterr().out
    assert ". (folder): 6 examples" in said
    assert f"ignored: 1 ({own.RUN}): runs/{run.name}" in said
    assert f"ignored: 3 ({own.DRAWING}): {run.name}/preview.png, samples.png, sheet.png" in said
    assert open_data(photos).digest() == before
    assert cli.run("train", ["dcgan", "--data", str(photos), *TRAIN, "--out", str(photos / "again")]) == 0
    assert cli.run("resume", [str(photos / "again"), "--rounds", "3"]) == 0
    assert cli.run("resume", [str(run), "--rounds", "4"]) == 0


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("labelled", ["classes", "table", "neither"])
def test_they_change_neither_pictures_nor_labels(tmp_path, labelled, packed):
    folder = tmp_path / "set"
    pictures(folder / "cats", 3, (8, 9, 3))
    pictures(folder / "runs", 4, (8, 9, 3))
    if labelled == "table":
        rows = [f"{file.relative_to(folder)},{file.parent.name}" for file in folder.rglob("*.png")]
        folder.joinpath("table.csv").write_text("\n".join(["file,label", *rows]))
    if labelled == "neither":
        pictures(folder, 2, (8, 9, 3))

    def opened(name):
        return open_data(shutil.make_archive(tmp_path / name, "zip", folder) if packed else folder)

    plain = opened("plain")
    assert list(plain.classes) == ([] if labelled == "neither" else ["cats", "runs"])
    run_at(folder / "dcgan-1")
    run_at(folder / "runs" / "2")
    for name, content in DRAWN.items():
        folder.joinpath(name).write_bytes(content)
        folder.joinpath("cats", name).write_bytes(content)
    full = opened("full")
    assert full.digest() == plain.digest()
    assert full.classes == plain.classes
    assert set(full.report.ignored[own.RUN]) == {"dcgan-1", "runs/2"}
    assert len(full.report.ignored[own.DRAWING]) == 2 * len(DRAWN)


def test_pictures_are_kept_beside_the_config_of_another_program(photos):
    before = open_data(photos).digest()
    for content in ("{", "[]", "{}", json.dumps({"config": {}, "data": {}}), "[" * 100_000):
        photos.joinpath("config.json").write_text(content)
        assert open_data(photos).digest() == before


def test_the_cache_in_the_folder(photos, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(photos / "cache"))
    before = open_data(photos)
    pictures(photos / "cache" / "sets", 2, (8, 9, 3))
    after = open_data(photos)
    assert after.digest() == before.digest()
    assert after.report.ignored == {own.CACHE: ["cache"]}


def test_single_samples_are_data(tmp_path):
    """To be measured, or to learn from, on purpose."""
    Pictures().save(torch.zeros(3, 1, 8, 8), tmp_path / "samples")
    assert len(open_data(tmp_path / "samples")) == 3


def test_a_place_of_nothing_else(tmp_path):
    tmp_path.joinpath("grids").mkdir()
    tmp_path.joinpath("grids", "sheet.png").write_bytes(DRAWN["sheet.png"])
    with pytest.raises(ValueError, match=rf"no pictures in .*grids' \(passed over: {own.DRAWING} \(1\)\)"):
        open_data(tmp_path / "grids")
    run_at(tmp_path / "run")
    with pytest.raises(
        ValueError, match=r"run' is a run of sparring, not data. To draw its samples: sparring sample \S+run"
    ):
        open_data(tmp_path / "run")
    with pytest.raises(ValueError, match=r"run.zip' is a run of sparring, not data"):
        open_data(shutil.make_archive(tmp_path / "run", "zip", tmp_path / "run"))


def test_a_second_look_reads_nothing(photos, monkeypatch):
    photos.joinpath("sheet.png").write_bytes(DRAWN["sheet.png"])
    first = open_data(photos)
    monkeypatch.setattr(own, "_marked", lambda *_: pytest.fail("read again"))
    again = open_data(photos)
    assert again.report == first.report
    assert again.report.ignored == {own.DRAWING: ["sheet.png"]}


def test_a_new_drawing_of_a_known_name_is_seen(photos):
    assert np.array_equal(open_data(photos).x[1], pixels(photos, "01.png"))
    photos.joinpath("01.png").write_bytes(DRAWN["sheet.png"])
    assert open_data(photos).report.ignored == {own.DRAWING: ["01.png"]}


def pixels(folder, name):
    with Image.open(folder / name) as image:
        return np.asarray(image).transpose(2, 0, 1)
