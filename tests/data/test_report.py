import numpy as np
import pytest
import torch

from made import encoded, folder, noise
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation
from sparring.data.report import lines
from sparring.data.sheet import sheet


@pytest.fixture
def photos(tmp_path):
    """Two classes, three sizes, a duplicate and a near duplicate."""
    folder(tmp_path / "cats", 3, (20, 40, 3))
    folder(tmp_path / "dogs", 5, (30, 30, 3))
    content = (tmp_path / "dogs" / "00.png").read_bytes()
    (tmp_path / "dogs" / "again.png").write_bytes(content)
    smooth = np.kron(noise(4, 4, 3), np.ones((8, 8, 1), np.uint8))
    (tmp_path / "cats" / "smooth.png").write_bytes(encoded(smooth))
    (tmp_path / "cats" / "smooth.jpg").write_bytes(encoded(smooth, "JPEG", quality=90))
    return tmp_path


def test_facts(photos):
    report = open_data(photos, Preparation(size=(20, 20))).report
    assert report.count == 11
    assert report.shape == (3, 20, 20)
    assert report.classes == {"cats": 5, "dogs": 6}
    assert report.sizes == {"30 x 30": 6, "20 x 40": 3, "32 x 32": 2}
    assert list(report.sizes) == ["30 x 30", "20 x 40", "32 x 32"]
    assert report.modes == {"RGB": 11}
    assert report.equal == [["dogs/00.png", "dogs/again.png"]]
    assert report.near == [["cats/smooth.jpg", "cats/smooth.png"]]
    assert report.cropped == pytest.approx(3 * 0.5 / 11)
    assert report.enlarged == 0
    assert open_data(photos).report.enlarged == 11


def test_words(photos):
    text = "\n".join(lines(open_data(photos, Preparation(size=(20, 20))).report))
    for part in (
        "(folder): 11 examples",
        "30 x 30 (6), 20 x 40 (3), 32 x 32 (2)",
        "2 classes, from 5 (cats) to 6 (dogs) examples each",
        "duplicates: 1 picture equal to another, such as dogs/00.png, dogs/again.png",
        "near duplicates: 1 picture nearly equal to another",
        "bad files: none",
        "20 x 20, 3 channels; cropping in the middle cuts off 14% of the area (--fit pad keeps it)",
    ):
        assert part in text


def test_range_and_grey_in_colour(tmp_path):
    for i in range(2):
        (tmp_path / f"{i}.png").write_bytes(encoded(np.repeat(np.arange(7, 71, dtype=np.uint8).reshape(8, 8, 1), 3, 2)))
    report = open_data(tmp_path).report
    assert report.range == (7, 70, 38.5)
    assert report.notes == ["stored in colour, but all grey: --colour grey is three times smaller"]


@pytest.mark.parametrize("path", ["fashion-mnist-10k", "swiss-roll"])
def test_the_sheet_shows_pictures_or_points_and_the_balance(path):
    data = open_data(path)
    picture = np.asarray(sheet(data, data.report).convert("L"))
    assert picture.std() > 20
    examples = np.asarray(data.kind.show({"real": data.examples(torch.linspace(0, len(data) - 1, 100).long())}))
    if data.classes:
        assert np.array_equal(picture[-len(examples) :, : examples.shape[1]], examples), "pixel by pixel"
        assert picture.shape[1] > 1.4 * examples.shape[1], "the balance is beside it"
    else:
        assert picture.shape[1] == examples.shape[1]


def test_the_sheet_takes_any_names_of_classes(tmp_path):
    names = ["a$b_{$", "日本", "x" * 30 + "1", "x" * 30 + "2"]
    for name in names:
        folder(tmp_path / name, 2)
    data = open_data(tmp_path)
    assert np.asarray(sheet(data, data.report)).std() > 20


def test_names_with_newlines_take_one_line(tmp_path):
    np.save(tmp_path / "a\nb.npy", noise(3, 8, 8))
    assert "\n" not in next(lines(open_data(tmp_path / "a\nb.npy").report))
