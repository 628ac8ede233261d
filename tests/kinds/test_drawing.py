import io

import numpy as np
import pytest
import torch
from PIL import Image

from sparring.kinds import drawing


def test_bytes_are_rounded_to_the_nearest():
    x = torch.tensor([-1.0, -1.0 + 1.1 / 127.5, 0.0, 1.0, 7.0, -7.0])
    assert drawing.to_bytes(x).tolist() == [0, 1, 128, 255, 255, 0]
    every = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(drawing.to_bytes(drawing.from_bytes(every)), every)


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "L"), (3, "RGB"), (4, "RGBA")])
def test_a_grid_shows_every_picture_in_its_place(channels, mode):
    x = torch.linspace(-1, 1, 5).reshape(5, 1, 1, 1).expand(5, channels, 64, 32)
    image = drawing.grid(x, columns=2)
    assert image.mode == mode
    assert image.size == (2 * 36 + 4, 3 * 68 + 4)
    cells = [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    values = [np.asarray(image)[4 + 68 * row + 30, 4 + 36 * column + 15].ravel()[0] for column, row in cells]
    assert values == [0, 64, 128, 191, 255]


def test_small_pictures_are_enlarged_without_blur():
    image = drawing.grid(torch.tensor([[-1.0, 1.0]]).reshape(1, 1, 1, 2), columns=1)
    assert image.size == (32 * 2 + 8, 32 + 8), "the gap is the same for all sizes"
    assert set(np.unique(np.asarray(image))) == {0, 255}


def test_small_pictures_side_by_side_keep_their_pixels():
    x = torch.linspace(-1, 1, 36).reshape(4, 1, 3, 3)
    one, two = drawing.grid(x), drawing.grid(-x)
    both = np.asarray(drawing.beside({"real": one, "generated": two}).convert("L"))
    assert np.array_equal(both[-one.height :, : one.width], np.asarray(one))
    assert np.array_equal(both[-two.height :, -two.width :], np.asarray(two))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_words_stand_above_their_columns_and_the_grid_keeps_its_pixels(channels):
    grid = drawing.grid(torch.ones(9, channels, 3, 3), columns=3)
    made = drawing.headed(grid, ["bag", "", "a name that no column is wide enough for"])
    assert made.width == grid.width
    line, below = np.split(np.asarray(made.convert("L")), [made.height - grid.height])
    assert np.array_equal(below, np.asarray(grid.convert("L")))
    one, two, three = (part < 128 for part in np.array_split(line[:, 2:-2], 3, axis=1))
    assert one.any()
    assert not two.any(), "no words reach into another column"
    assert three.any()
    across = np.nonzero(one.any(0))[0]
    assert abs((across[0] + across[-1]) / 2 - one.shape[1] / 2) < 2, "in the middle"


def test_points_are_scattered_in_pairs_of_coordinates():
    assert drawing.scatter({"x": torch.zeros(5, 2)}).size == (480, 480)
    assert drawing.scatter({"x": torch.zeros(5, 1)}).size == (480, 480)
    assert drawing.scatter({"x": torch.zeros(5, 3), "y": torch.ones(2, 3)}).size == (3 * 480, 480)
    assert drawing.scatter({"x": torch.zeros(5, 40)}).size == (3 * 480, 480)


def test_real_and_generated_have_the_same_colours_everywhere():
    x = torch.zeros(5, 2)
    for name, colour in {"real": (179, 71, 0), "generated": (0, 103, 165)}.items():
        dot = np.asarray(drawing.scatter({name: x}, (-1.0, 1.0)))
        near = np.abs(dot.reshape(-1, 3).astype(int) - colour).sum(axis=1).min()
        assert near < 40, "five of them, half transparent, on top of each other"


def test_one_picture_alone_is_as_it_is_and_two_are_side_by_side():
    white, black = (Image.new("L", (300, 300), value) for value in (255, 0))
    assert drawing.beside({"white": white}) is white
    pixels = np.asarray(drawing.beside({"white": white, "black": black}).convert("L"))
    left, right = np.split(pixels[60:], [pixels.shape[1] // 2], axis=1)
    assert left.mean() > right.mean() + 100


def test_timelapse(tmp_path):
    files = []
    for i in range(3):
        files.append(tmp_path / f"frame {i}.png")
        Image.new("RGB", (8 + i, 8), (80 * i, 0, 0)).save(files[-1])
    with Image.open(io.BytesIO(drawing.timelapse(files))) as gif:
        assert gif.n_frames == 3
        assert gif.size == (10, 8)
        assert gif.convert("RGB").getpixel((9, 0)) == (255, 255, 255)
        gif.seek(2)
        assert gif.info["duration"] == 2000
    with pytest.raises(ValueError, match="no pictures were drawn"):
        drawing.timelapse([])


def test_frames_of_a_run_say_their_round(tmp_path):
    for name in ("00000250", "other"):
        Image.new("RGB", (200, 8), "white").save(tmp_path / f"{name}.png")
    with Image.open(io.BytesIO(drawing.timelapse([tmp_path / "00000250.png"]))) as gif:
        assert gif.height > 8
        assert np.asarray(gif.convert("L")).min() < 100, "there are letters"
    with Image.open(io.BytesIO(drawing.timelapse([tmp_path / "other.png"]))) as gif:
        assert gif.size == (200, 8)


def test_png_is_lossless():
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8))
    with Image.open(io.BytesIO(drawing.encode(image))) as again:
        assert np.array_equal(np.asarray(again), np.asarray(image))


def test_drawings_carry_a_mark_near_their_beginning_and_single_examples_none(tmp_path):
    image = Image.new("RGB", (9, 7), "red")
    tmp_path.joinpath("a.png").write_bytes(drawing.encode(image))
    made = {
        "sheet": drawing.encode(image),
        "film": drawing.timelapse([tmp_path / "a.png"] * 3),
        "single": drawing.encode(image, sheet=False),
    }
    assert {name for name, content in made.items() if drawing.MARK.encode() in content[:1024]} == {"sheet", "film"}
