"""Sets with names, from a cache that the test filled; `sparring data` on top of them."""

import json

import numpy as np
import pytest
import torch

from made import encoded, idx, noise, packed
from sparring import cli
from sparring.data import readers
from sparring.data.embedded import fashion_mnist
from sparring.data.named import NAMED
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation
from sparring.data.sets import SETS
from sparring.data.toys import TOYS
from sparring.kinds.molecules import Molecules

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="36" height="72" fill="{}"/></svg>'


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "sets"


@pytest.fixture
def mnist(cache):
    folder = cache / "mnist"
    folder.mkdir(parents=True)
    for part, n in (("train", 20), ("t10k", 10)):
        folder.joinpath(f"{part}-images-idx3-ubyte").write_bytes(idx(noise(n, 28, 28)))
        folder.joinpath(f"{part}-labels-idx1-ubyte").write_bytes(idx(np.arange(n, dtype=np.uint8) % 10))
    return folder


@pytest.fixture
def openmoji(cache):
    folder = cache / "openmoji"
    folder.mkdir(parents=True)
    colours = {"1F600": "#ff0000", "1F601": "#00ff00", "1F602": "#0000ff", "1F603": "#123456", "1F604": "#000000"}
    drawn = {"color": lambda colour: colour, "black": lambda _: "#000000"}
    members = [
        (f"{look}/{n}.svg", SQUARE.format(of(c)).encode()) for n, c in colours.items() for look, of in drawn.items()
    ]
    packed(folder / "drawings.zip", members)
    rows = [
        "1F600,red,smileys,",
        "1F601,green,smileys,",
        "1F602,blue,smileys,",
        "1F603,toned,people,2",
        "1F604,x,flags,",
    ]
    folder.joinpath("captions.csv").write_text("\n".join(["file,caption,group,skintone", *rows]) + "\n")
    return folder


def test_what_ships():
    data, plain = open_data("fashion-mnist-10k"), fashion_mnist()
    assert torch.equal(data.x, plain.x)
    assert torch.equal(data.y, plain.y)
    assert data.classes[9] == "ankle boot"
    assert open_data("fashion-mnist-10k", Preparation(size=(14, 20))).x.shape == (10_000, 1, 14, 20)
    assert open_data("fashion-mnist-10k", Preparation(labels="none")).y is None


@pytest.mark.parametrize("name", TOYS)
def test_toys(name):
    data = open_data(name)
    assert torch.equal(data.x, TOYS[name]())
    assert data.report.shape == (2,)


@pytest.mark.parametrize("name", [name for name, named in NAMED.items() if named.fetched])
def test_sets_that_are_not_here_say_how_to_get_them(name, cache, capsys):
    assert NAMED[name].fetched in SETS
    assert cli.run("data", ["report", name]) == 2
    assert (
        f"'{NAMED[name].fetched}' is not fetched yet: run sparring data get {NAMED[name].fetched}"
        in capsys.readouterr().err
    )


def test_a_name_is_the_set_whatever_folders_there_are(cache):
    folder = cache.parent.parent / "mnist"
    folder.mkdir()
    assert readers.absolute("mnist") == "mnist"
    assert readers.absolute("./mnist") == str(folder)


def test_digits(mnist):
    data = open_data("mnist")
    assert data.x.shape == (20, 1, 28, 28)
    assert [data.classes[i] for i in data.y] == [str(i % 10) for i in range(20)]
    stacked = open_data("stacked-mnist")
    assert stacked.x.shape == (128_000, 3, 28, 28)
    digits = torch.cat([data.x, open_data(mnist / "t10k-images-idx3-ubyte").x]).squeeze(1)
    labels = torch.arange(30) % 20 % 10
    for i in (0, 77_777):
        found = [labels[int((digits == channel).all(2).all(1).nonzero()[0])] for channel in stacked.x[i]]
        assert stacked.y[i] == 100 * found[0] + 10 * found[1] + found[2]
    assert open_data("moving-digits").x.shape == (2000, 20, 1, 64, 64)


def test_drawings_alone_and_in_pairs(openmoji):
    data = open_data("openmoji", Preparation(size=(32, 32)))
    assert data.captions == ["red", "green", "blue"]
    assert data.y is None
    assert data.x[:, :, 5, 5].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    assert (data.x[:, :, :, 20:] == 255).all()
    pairs = open_data("openmoji-pairs", Preparation(size=(32, 32)))
    assert torch.equal(pairs.x, data.x)
    assert pairs.y.shape == pairs.x.shape
    assert (pairs.y[:, :, 5, 5] == 0).all()
    assert open_data("openmoji").x.shape == (3, 3, 72, 72)
    assert not open_data("openmoji", Preparation(labels="none")).captions


def test_captions_alone(openmoji):
    data = open_data("openmoji-captions")
    assert data.kind.texts(data.x) == ["red", "green", "blue"]
    assert data.kind.vocabulary == ("blue", "green", "red")
    assert "3 different tokens" in data.report.notes[0]


@pytest.fixture
def smiles(cache):
    folder = cache / "smiles"
    folder.mkdir(parents=True)
    folder.joinpath("molecules.txt").write_text("CCO\nC1CC1\nCCCl\n")
    folder.joinpath("fresh.txt").write_text("OCCC\nCCN\nClCC1CC1Cl\nCC\n")
    return folder


def test_molecules_and_fresh_ones_of_the_same_characters(smiles, capsys):
    data = open_data("smiles")
    assert isinstance(data.kind, Molecules)
    assert data.kind.texts(data.x) == ["CCO", "C1CC1", "CCCl"]
    fresh = data.fresh()
    assert fresh.kind == data.kind
    assert fresh.kind.texts(fresh.x) == ["OCCC", "CC"], "neither other characters nor longer ones"
    assert cli.run("data", ["report", "smiles"]) == 0
    assert "smiles (strings of characters): 3 examples" in capsys.readouterr().out


def test_zipped_sets_with_captions(cache):
    folder = cache / "emoji-noto"
    folder.mkdir(parents=True)
    packed(folder / "pictures.zip", [(f"{i}.png", encoded(noise(8, 8, 4))) for i in range(3)])
    folder.joinpath("captions.csv").write_text("file,caption\n2.png,two\n0.png,zero\n1.png,one\n")
    assert open_data("emoji-noto").captions == ["zero", "one", "two"]


def test_report_get_and_list_as_json(mnist, capsys):
    mnist.joinpath("about.json").write_text(json.dumps({"name": "mnist", "count": 70_000}))
    mnist.joinpath("LICENCE.txt").write_text("Licence: free\nSource: here\n\nlong text")
    assert cli.run("data", ["report", "mnist", "--json", "--out", "sheet.png"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["count"] == 20
    assert report["classes"]["3"] == 2
    assert mnist.parents[2].joinpath("sheet.png").stat().st_size > 1000
    assert cli.run("data", ["get", "mnist"]) == 0
    out = capsys.readouterr().out
    assert "70,000 examples in" in out
    assert "Licence: free\nSource: here\n" in out
    assert "long text" not in out
    assert "\n  sparring train --data mnist --time 10m\n  It also opens as stacked-mnist, moving-digits." in out
    assert cli.run("data", ["get", "mnist", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 70_000
    assert cli.run("data", ["get", "mnits"]) == 2
    assert "did you mean 'mnist'" in capsys.readouterr().err
    assert cli.run("data", ["list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == NAMED.keys() | SETS.keys()
    assert rows["mnist"]["here"] == "yes"
    assert rows["openmoji-pairs"]["here"] == "sparring data get openmoji"
    assert cli.run("data", ["list"]) == 0
    assert "CC-BY-SA-4.0" in capsys.readouterr().out


@pytest.mark.parametrize("table", [b"\xff\xfe,", b"x,y\n1,2\n", b"file,caption,group,skintone\n1,a\n"])
def test_a_damaged_table_of_a_set_is_one_line(cache, table):
    folder = cache / "openmoji"
    folder.mkdir(parents=True)
    folder.joinpath("captions.csv").write_bytes(table)
    with pytest.raises(ValueError, match=r"captions\.csv' is damaged: remove its folder, and get the set again"):
        open_data("openmoji")
