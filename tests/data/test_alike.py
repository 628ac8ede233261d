import numpy as np
import pytest
from PIL import Image

from made import noise
from sparring.data.alike import changes, looks, open_alike
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pictures(path, *sizes, channels=3):
    path.mkdir()
    for i, size in enumerate(sizes):
        pixels = noise(*size) if channels == 1 else noise(*size, channels)
        Image.fromarray(pixels).save(path / f"{i}.png")


def test_large_pictures_keep_their_size(here):
    pictures(here / "a", *[(150, 140)] * 3)
    pictures(here / "b", *[(150, 140)] * 2)
    a, b = open_alike(["a", "b"])
    assert (list(a.x.shape), list(b.x.shape)) == ([3, 3, 150, 140], [2, 3, 150, 140])
    assert changes(a) == changes(b) == ""


def test_unlike_sizes_are_refused_or_resized_on_demand(here):
    pictures(here / "a", (20, 20), (20, 20), (30, 20))
    pictures(here / "b", (20, 20), (20, 20))
    with pytest.raises(ValueError, match=r"different sizes .'a' has 2 of 20 x 20, 1 of 30 x 20; 'b' has 2 of 20 x 20"):
        open_alike(["a", "b"])
    a, b = open_alike(["a", "b"], (16,))
    assert a.x.shape[2:] == b.x.shape[2:] == (16, 16)
    assert changes(a) == "2 of 20 x 20, 1 of 30 x 20 cropped in the middle and resized to 16 x 16 (Lanczos)"
    assert changes(b) == "2 of 20 x 20 resized to 16 x 16 (Lanczos)"


def test_colour_is_not_lost(here):
    """Generated pictures in colour are not those of a grey set."""
    pictures(here / "grey", *[(12, 12)] * 2, channels=1)
    pictures(here / "colour", *[(12, 12)] * 2)
    assert {part.x.shape[1] for part in open_alike(["grey", "colour"])} == {3}
    assert open_alike(["grey"])[0].x.shape[1] == 1
    assert changes(open_data("colour", Preparation(colour="grey"))) == "2 in colour made grey"


def test_what_is_behind_transparent_parts_is_said(here):
    """It is compared too."""
    pictures(here / "seen", *[(12, 12)] * 3)
    pictures(here / "through", *[(12, 12)] * 2, channels=4)
    seen, through = open_alike(["seen", "through"])
    assert changes(seen) == ""
    assert changes(through) == "transparent parts of 2 put on white"
    other = open_data("through", Preparation(size=(6,), alpha="#8090a0"))
    assert changes(other) == "2 of 12 x 12 resized to 6 x 6 (Lanczos), transparent parts of 2 put on #8090a0"
    assert changes(open_data("through", Preparation(alpha="keep"))) == ""


def test_many_sizes_are_told_in_short(here):
    pictures(here / "a", *[(20 + i, 20) for i in range(6)])
    assert str(looks("a")).endswith(", 3 of other sizes")


def test_padding_is_said(here):
    pictures(here / "a", (20, 10), (20, 10))
    padded = open_data("a", Preparation(size=(20,), fit="pad"))
    assert changes(padded) == "2 of 20 x 10 padded and resized to 20 x 20 (Lanczos)"


def test_points_are_as_they_are(here):
    np.save("p.npy", np.zeros((5, 2), np.float32))
    (points,) = open_alike(["ring"])
    assert looks("ring") is None
    assert changes(points) == ""
    with pytest.raises(ValueError, match="there are no pictures"):
        open_alike(["ring"], (8,))
