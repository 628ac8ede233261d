import numpy as np
import pytest
import torch
from PIL import Image

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.evaluation.pictures import WIDTH, Neighbours, by_class, neighbours

KEY = Key(0)


def shades(n, channels=1, side=8):
    """Pictures, each of a single grey of its own."""
    return torch.arange(n, dtype=torch.uint8).mul(2).reshape(n, 1, 1, 1).expand(n, channels, side, side)


def floats(x):
    return x.float() / 127.5 - 1


def colours(image):
    return {tuple(pixel) for pixel in np.asarray(image).reshape(-1, 3)}


def test_neighbours_are_those_of_all_differences():
    x, y = torch.randn(300, 5), torch.randn(40, 5)
    found = Neighbours.find(x, y, 4)
    squared = (y[:, None].double() - x[None].double()).square().sum(dim=2)
    distance, index = squared.sqrt().sort(dim=1)
    assert torch.equal(found.index, index[:, :4])
    assert torch.allclose(found.distance, distance[:, :4], rtol=1e-12)


def test_rows_are_the_suspects_first_and_then_random_others():
    x = torch.randn(200, 3)
    y = torch.randn(50, 3) + 5
    y[[7, 31]] = x[[3, 4]]
    found = Neighbours.find(x, y)
    near, others = found.rows(KEY, 4)
    assert set(near[:2].tolist()) == {7, 31}
    assert found.distance[near, 0].tolist() == found.distance[:, 0].sort().values[:4].tolist()
    assert len(set(others.tolist())) == 4
    assert not set(near.tolist()) & set(others.tolist())
    assert torch.equal(found.rows(KEY, 4)[1], others)
    assert not torch.equal(found.rows(Key(1), 4)[1], others)
    few = Neighbours.find(x, y[:3]).rows(KEY, 2)
    assert sorted(torch.cat(few).tolist()) == [0, 1, 2]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_copy_is_beside_its_original(channels):
    training = InMemory(shades(60, channels))
    generated = floats(shades(128, channels)[[100, 20]])
    found = Neighbours.find(training.examples(), generated, 2)
    assert found.index[1, 0] == 20
    image = neighbours(generated, training, found, KEY)
    assert image.mode == "RGB"
    shade = 40 if channels < 4 else round(40 * 40 / 255 + 255 * (1 - 40 / 255))  # the fourth is how opaque it is
    rows = [np.flatnonzero(line).tolist() for line in (np.asarray(image.convert("L")) == shade)]
    assert [*range(4, 68), *range(94, 158)] in rows, "the copy and then its original, 64 pixels each"


def test_a_view_of_the_data_is_indexed_as_itself():
    training = InMemory(shades(60)).split(30, 0)[0]
    generated = floats(training.x[training.rows[[5]]])
    found = Neighbours.find(training.examples(), generated, 1)
    assert found.index.tolist() == [[5]]
    shade = 2 * int(training.rows[5])
    image = np.asarray(neighbours(generated, training, found, KEY).convert("L"))
    assert (image == shade).sum() >= 2 * 64 * 64


def test_mistakes_about_neighbours_are_explained():
    with pytest.raises(ValueError, match="got 3 training examples; expected at least 5, or a smaller k"):
        Neighbours.find(torch.randn(3, 2), torch.randn(4, 2))
    with pytest.raises(ValueError, match="2 dimensions, generated ones 3"):
        Neighbours.find(torch.randn(9, 2), torch.randn(4, 3))
    with pytest.raises(ValueError, match="NaN"):
        Neighbours.find(torch.randn(9, 2), torch.full((4, 2), torch.nan))
    found = Neighbours.find(torch.randn(9, 2), torch.randn(4, 2))
    with pytest.raises(ValueError, match="got 3 pictures and the neighbours of 4"):
        neighbours(floats(shades(3)), InMemory(shades(9)), found, KEY)


def test_classes_have_their_first_pictures_and_their_shares(monkeypatch):
    said = []
    monkeypatch.setattr("sparring.evaluation.pictures._words", lambda text, size: said.append(text) or _line())
    classes = torch.tensor([0] * 12 + [2] * 3 + [0])
    image = by_class(floats(shades(16, side=64)), classes, torch.tensor([0, 1, 2, 2]), ["a\nb", "none", "x" * 40])
    assert said == [
        "a b: 81.2% of generated, 25.0% of real",
        "none: 0.0% of generated, 25.0% of real",
        f"{'x' * 31}…: 18.8% of generated, 50.0% of real",
    ]
    shown = {grey // 2 for grey, _, _ in colours(image)} - {127}
    assert shown == {*range(10), 12, 13, 14}, "ten of the first class, none of the second, all of the third"


def _line():
    return Image.new("RGB", (9, 9), "white")


def test_wide_rows_are_made_to_fit():
    image = by_class(floats(shades(10, 3, 200)), torch.zeros(10), torch.zeros(1), ["a"])
    assert image.width == WIDTH
    training = InMemory(shades(20, 3, 200))
    found = Neighbours.find(training.examples(), training.examples()[:2])
    assert neighbours(training.examples()[:2], training, found, KEY).width == WIDTH


@pytest.mark.parametrize(
    ("n", "classes", "real", "message"),
    [
        (3, [0, 1], [0], "got 3 pictures, 2 classes of them and 1 of real"),
        (2, [0, 1], [], "and 0 of real pictures"),
        (2, [0, 2], [0], r"not all in 0\.\.1, those of the 2 names"),
        (2, [0, -1], [0], r"not all in 0\.\.1"),
    ],
)
def test_mistakes_about_classes_are_explained(n, classes, real, message):
    with pytest.raises(ValueError, match=message):
        by_class(floats(shades(n)), torch.tensor(classes), torch.tensor(real), ["a", "b"])
