import numpy as np
import pytest
import torch
from PIL import Image

from sparring.data.pictures import open_pictures

RNG = np.random.default_rng(0)
COLOUR, GREY = RNG.integers(0, 256, (3, 9, 8, 3), np.uint8), RNG.integers(0, 256, (3, 9, 8), np.uint8)


def save(folder, arrays, suffix=".png"):
    for i, array in enumerate(arrays):
        file = folder / f"class {i % 2}" / f"{i}{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(array).save(file)


def by_value(x):
    return sorted(picture.numpy().tobytes() for picture in x)


@pytest.mark.parametrize("arrays", [COLOUR, GREY], ids=["colour", "grey"])
def test_folder_and_array_give_the_same_pictures(arrays, tmp_path):
    save(tmp_path / "folder", arrays)
    np.save(tmp_path / "array.npy", arrays)
    expected = torch.from_numpy(arrays.reshape(3, 9, 8, -1)).permute(0, 3, 1, 2)
    for path in ("folder", "array.npy"):
        x = open_pictures(tmp_path / path).x
        assert x.dtype == torch.uint8
        assert by_value(x) == by_value(expected)


def test_mixed_sizes_and_modes(tmp_path):
    save(tmp_path, [COLOUR[0], GREY[0][:5]])
    assert open_pictures(tmp_path).x.shape == (2, 3, 64, 64)
    assert open_pictures(tmp_path, (12, 20)).x.shape == (2, 3, 12, 20)


def test_a_size_for_arrays(tmp_path):
    np.save(tmp_path / "a.npy", COLOUR)
    assert open_pictures(tmp_path / "a.npy", (8, 8)).x.shape == (3, 3, 8, 8)


@pytest.mark.parametrize(
    "array",
    [COLOUR.astype(np.float32), COLOUR[0, :, 0], COLOUR[..., :2], COLOUR[:0]],
    ids=["float", "rank", "channels", "empty"],
)
def test_wrong_arrays(array, tmp_path):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match=r"a\.npy.*expected bytes"):
        open_pictures(tmp_path / "a.npy")


def test_objects_are_never_unpickled(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        open_pictures(tmp_path / "a.npy")


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        open_pictures(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no pictures in"):
        open_pictures(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(ValueError, match="neither a folder nor"):
        open_pictures(tmp_path / "a.txt")


def test_a_broken_picture_is_named(tmp_path):
    save(tmp_path, COLOUR)
    (tmp_path / "bad.png").write_bytes(b"\x89PNG nothing")
    with pytest.raises(ValueError, match=r"bad\.png.*repair or remove"):
        open_pictures(tmp_path)


def test_pictures_are_turned_upright(tmp_path):
    """EXIF orientation 6: the camera was held on its side."""
    image = Image.fromarray(COLOUR[0])
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.png", exif=exif)
    expected = torch.from_numpy(np.rot90(COLOUR[0], -1).copy()).permute(2, 0, 1)
    assert torch.equal(open_pictures(tmp_path).x[0], expected)
