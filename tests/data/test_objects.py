"""Data that a program has: each kind is the same pictures, or one line says what to write."""

import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset

from made import encoded, noise
from sparring.data.items import Items
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points

ARRAYS = noise(6, 8, 9, 3)
X = torch.from_numpy(ARRAYS).permute(0, 3, 1, 2)
Y = [2, 0, 2, 0, 1, 2]


class Pairs(Dataset):
    """A map-style data set."""

    def __init__(self, xs, ys=None):
        self.xs, self.ys = xs, ys

    def __len__(self):
        return len(self.xs)

    def __getitem__(self, i):
        return self.xs[i] if self.ys is None else (self.xs[i], self.ys[i])


class ClassLabel:
    def __init__(self, names):
        self.names = names


class Value:
    pass


class Table:
    """As much of a Hugging Face dataset as is asked for; `datasets` names its features by these classes."""

    def __init__(self, features, **columns):
        self.features, self.column_names, self.columns = features, list(columns), columns

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, place):
        if isinstance(place, str):
            return self.columns[place]
        return {name: values[place] for name, values in self.columns.items()}


class Images:
    pass


Images.__name__ = "Image"
PILS = [Image.fromarray(array) for array in ARRAYS]

SAME = {
    "tensor": X,
    "tensor, channels last": X.permute(0, 2, 3, 1),
    "array": ARRAYS,
    "array, channels first": X.numpy(),
    "read-only array": np.frombuffer(ARRAYS.tobytes(), np.uint8).reshape(ARRAYS.shape),
    "TensorDataset": TensorDataset(X),
    "Dataset of tensors": Pairs(X),
    "Subset of tensors": Subset(Pairs(torch.cat([X, X])), range(6)),
    "Dataset of pictures": Pairs(PILS),
    "list of pictures": PILS,
    "list of arrays": list(X.numpy()),
    "table": Table({"image": Images()}, image=PILS),
}
LABELLED = {
    "tensors": (X, torch.tensor(Y)),
    "arrays": (ARRAYS, np.array(Y)),
    "array and names": (ARRAYS, list("cacabc")),
    "TensorDataset": TensorDataset(X, torch.tensor(Y)),
    "Dataset of tensors": Pairs(X, Y),
    "Dataset of pictures": Pairs(PILS, Y),
    "Dataset of pictures and tensors": Pairs(PILS, torch.tensor(Y)),
    "table": Table({"image": Images(), "label": ClassLabel(["0", "1", "2"])}, image=PILS, label=Y),
    "table of words": Table({"image": Images(), "label": Value()}, image=PILS, label=list("cacabc")),
}


@pytest.mark.parametrize("name", SAME)
def test_every_container_holds_the_same_pictures(name):
    data = open_data(SAME[name])
    assert data.x.dtype == torch.uint8
    assert torch.equal(data.x, X)
    assert data.kind == Pictures()
    assert data.y is None
    assert data.report.count == 6
    assert data.report.shape == (3, 8, 9)


@pytest.mark.parametrize("name", LABELLED)
def test_labels_are_kept_and_left_out_on_demand(name):
    data = open_data(LABELLED[name])
    assert torch.equal(data.x, X)
    assert data.y.tolist() == Y
    assert list(data.classes) in (["0", "1", "2"], ["a", "b", "c"])
    assert list(data.report.classes.values()) == [2, 1, 3]
    assert open_data(LABELLED[name], Preparation(labels="none")).y is None


def test_captions_of_a_table():
    table = Table({"image": Images(), "text": Value()}, image=PILS, text=list("abcdef"))
    assert list(open_data(table).captions) == list("abcdef")


def test_labels_that_are_kept_secret():
    table = Table({"image": Images(), "label": ClassLabel(["a", "b"])}, image=PILS, label=[-1] * 6)
    assert open_data(table).y is None


def test_floats_of_both_ranges_are_the_same():
    centred = X.double() / 127.5 - 1
    expected = centred.float()
    for x in (centred, centred.numpy(), (centred + 1) / 2, ((centred + 1) / 2).numpy()):
        data = open_data(x)
        assert data.kind == Pictures()
        torch.testing.assert_close(data.x, expected)
    assert "0 is taken as black" in open_data((centred + 1) / 2).report.notes[0]
    assert open_data(centred).report.notes == []


def test_points_and_grey_pictures_and_partners():
    points = open_data(np.zeros((5, 2)))
    assert (points.x.dtype, points.kind) == (torch.float32, Points())
    assert open_data(ARRAYS[..., 0]).x.shape == (6, 1, 8, 9)
    assert torch.equal(open_data((X, X.flip(0))).y, X.flip(0))


def test_a_list_of_files(tmp_path):
    files = []
    for i, array in enumerate(ARRAYS):
        files.append(tmp_path / "ab"[i % 2] / f"{9 - i}.png")
        files[-1].parent.mkdir(exist_ok=True)
        files[-1].write_bytes(encoded(array))
    data = open_data(files)
    assert torch.equal(data.x, X), "in the order given"
    assert data.report.kind == "list of files"
    assert open_data(list(map(str, files))).digest() == data.digest()
    assert open_data((files, Y)).y.tolist() == Y
    with pytest.raises(ValueError, match="got 6 files and 2 labels"):
        open_data((files, [1, 2]))
    with pytest.raises(FileNotFoundError, match=r"1 of 7 files are not there, 'nowhere.png' first"):
        open_data([*files, "nowhere.png"])


def test_a_loader_lends_its_data_set():
    with pytest.warns(UserWarning, match="only the data set of the DataLoader is used, without batches, order"):
        data = open_data(DataLoader(Pairs(X, Y), batch_size=2, shuffle=True))
    assert torch.equal(data.x, X)
    assert data.y.tolist() == Y


def test_pictures_of_several_sizes_are_made_alike():
    sizes = [Image.fromarray(array) for array in (noise(8, 9, 3), noise(20, 16, 3))]
    assert open_data(sizes, Preparation(size=(8, 8))).x.shape == (2, 3, 8, 8)


def test_objects_that_change_are_not_taken_for_what_they_were():
    """They have no times of files: nothing may be found again but by its content."""
    pictures = list(PILS)
    first = open_data(pictures)
    pictures[0] = Image.fromarray(noise(8, 9, 3))
    again = open_data(pictures)
    assert not torch.equal(first.x[0], again.x[0])
    assert torch.equal(first.x[1:], again.x[1:])


def test_what_is_open_stays_so():
    data = open_data(X)
    assert open_data(data) is data


def test_pairs_that_fit_no_layout_name_their_type():
    items = Items.of_pairs([(PILS[0], 0), ("text", 1)])
    with pytest.raises(ValueError, match="not a picture of bytes but a str"):
        items.header(1)


class Stream(IterableDataset):
    def __iter__(self):
        return iter(X)


WRONG = {
    "floats in 0..255": (X.float(), "floats from 0 to 255; expected [-1, 1] or [0, 1]: write x / 127.5 - 1, or"),
    "floats of another scale": (X.float() - 999, "expected [-1, 1] or [0, 1]: scale them"),
    "whole numbers": (X.long(), "holds int64 from 0 to 255; expected bytes 0..255 or floats in [-1, 1]: for bytes"),
    "not numbers": (X.float() * float("nan"), "holds NaN or infinity: replace such pictures"),
    "objects": (np.array([[1, 2], [3, None]]), "holds object; expected bytes or floats"),
    "one dimension": (torch.zeros(4), "has shape [4]; expected points [N, D], or pictures"),
    "nothing": (torch.zeros(0, 2), "has shape [0, 2]; expected points"),
    "channels": (torch.zeros(3, 5, 5, 5), "has shape [3, 5, 5, 5]; expected 1, 3 or 4 channels"),
    "rows of bytes": (torch.zeros(3, 2, dtype=torch.uint8), "[N, D] holds bytes; expected finite floats"),
    "too few labels": ((X, [1]), "got 6 examples and 1 labels"),
    "labels as floats": ((X, torch.rand(6)), "the labels are torch.float32; expected whole numbers or names"),
    "a stream": (Stream(), "Stream has no length and no order; expected examples that can be counted: write"),
    "an iterator": (iter(X), "has no length and no order"),
    "a loader of a stream": (DataLoader(Stream()), "Stream has no length"),
    "parts": ({"train": X, "test": X}, "got a dict of ['train', 'test']; expected one of them: write data['train']"),
    "a table without pictures": (Table({"n": Value()}, n=[1]), "the columns {'n': 'Value'}; expected rows and one"),
    "a table of tensors": (Table({"image": Images()}, image=X), "expected PIL pictures: write open_data(data.with_"),
    "three tensors": (TensorDataset(X, X, X), "has 3 tensors; expected x, or x and y"),
    "an empty set": (Pairs([]), "the Pairs is empty"),
    "a set of numbers": (Pairs([1, 2]), "example 0 of the Pairs is a int; expected a picture, a tensor or an array"),
    "several shapes": ([X[0], X[0, :, :4]], "example 1 has shape [3, 4, 9], example 0 [3, 8, 9]; expected all"),
    "a number": (7, "got a int. open_data takes: path, name of a set, list of files, tensor"),
    "None": (None, "got a NoneType. open_data takes: path"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore:only the data set of the DataLoader")
def test_what_is_wrong_is_said_in_one_line(name):
    data, said = WRONG[name]
    with pytest.raises((TypeError, ValueError), match=re.escape(said)) as caught:
        open_data(data)
    assert "\n" not in str(caught.value)


def test_tensors_are_used_as_they_are():
    with pytest.raises(ValueError, match="'Tensor' cannot be changed: leave out --size"):
        open_data(X, Preparation(size=(4, 4)))


@pytest.mark.parametrize("missing", ["nan", float("nan"), None, ""])
def test_a_missing_label_is_no_class(missing, tmp_path):
    names = ["a", "b", missing, "a", "b", "a"]
    files = [tmp_path / f"{i}.png" for i in range(6)]
    for file, array in zip(files, ARRAYS, strict=True):
        file.write_bytes(encoded(array))
    with pytest.raises(ValueError, match="1 of 6 labels are missing, number 2 first"):
        open_data((files, names))
    with pytest.raises(ValueError, match="labels are missing, number 2 first"):
        open_data((X, ["" if name is None else str(name) for name in names]))
