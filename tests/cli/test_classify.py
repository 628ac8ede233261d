"""`sparring classify`, on a small run of bright and dark pictures."""

import json

import numpy as np
import pytest
import torch

import sparring
from made import encoded
from sparring import cli
from sparring.recipes.images.semi import few
from sparring.runs.run import Run

WORDS = ["--batch", "10", "--width", "20", "--latent", "4", "--device", "cpu", "--threads", "1", "--rounds", "60"]


def shade(level, seed):
    return (level + np.random.default_rng(seed).integers(0, 40, (6, 5))).astype(np.uint8)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("semi")
    for name, level in (("bright", 200), ("dark", 10)):
        (folder / "pictures" / name).mkdir(parents=True)
        for i in range(60):
            (folder / "pictures" / name / f"{i}.png").write_bytes(encoded(shade(level, i + level)))
    words = ["semi", "--data", str(folder / "pictures"), *WORDS, "--labels-per-class", "3", "--hold-out", "40"]
    assert cli.run("train", [*words, "--out", str(folder / "run")]) == 0
    return folder / "run"


def test_files_are_named_and_bad_ones_too(run, tmp_path, capsys):
    (tmp_path / "a.png").write_bytes(encoded(shade(205, 1)))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    larger = np.repeat(np.repeat(shade(5, 2), 3, 0), 3, 1)
    (tmp_path / "b.png").write_bytes(encoded(np.stack([larger] * 3, 2)))
    names = [str(tmp_path / name) for name in ("a.png", "broken.png", "missing.png", "b.png")]
    assert cli.run("classify", [str(run), *names]) == 2
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[0].strip("'") for row in rows] == names
    assert rows[0][1] == "bright"
    assert rows[3][1] == "dark"
    assert rows[0][2].endswith("%")
    assert " ".join(rows[1][1:]) == "not classified not a picture, although its name says so"
    assert " ".join(rows[2][1:]).startswith("not classified")
    assert cli.run("classify", [str(run), names[0], "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["probabilities"].keys() == {"bright", "dark"}
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    assert found["probability"] == found["probabilities"]["bright"] > 0.5


def test_without_files_errors_on_held_out_pictures_are_counted(run, capsys):
    assert cli.run("classify", [str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["of"] == 40
    assert found["errors"] == round(found["rate"] * 40) <= 4
    assert found["low"] <= found["rate"] <= found["high"]
    assert cli.run("classify", [str(run)]) == 0
    assert f"{found['errors']} of 40 held-out pictures are misclassified" in capsys.readouterr().out


def test_no_held_out_picture_is_labelled(run):
    """The labelled ones are drawn from what is left."""
    data, held_out = Run.open(run).checked_data().split(40, 0)
    labelled = few(data.main, 3, 0)
    assert len(labelled) == 6
    assert sorted(labelled.batch().y.tolist()) == [0] * 3 + [1] * 3
    assert not set(labelled.rows.tolist()) & set(held_out.rows.tolist())


def test_of_a_class_with_few_pictures_all_are_labelled():
    data = sparring.InMemory(torch.zeros(9, 1, 2, 2, dtype=torch.uint8), torch.tensor([0] * 7 + [1] * 2))
    assert few(data, 4, 0).batch().y.sort().values.tolist() == [0] * 4 + [1] * 2


def test_a_run_without_a_classifier_is_refused(garments, capsys):
    assert cli.run("classify", [str(garments / "seed 0")]) == 2
    assert "has no classifier: train one with sparring train semi" in capsys.readouterr().err
