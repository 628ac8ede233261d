"""`sparring train cgan` from the command line: killed, resumed, sampled, evaluated."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from PIL import Image

import sparring
from made import folder
from sparring import cli, open_data
from sparring.cli.held_out import all_held_out
from sparring.data.preparation import Preparation
from sparring.kinds.drawing import to_bytes
from sparring.recipes import labels_of
from sparring.recipes.images import cgan
from sparring.runs import scores
from sparring.runs.run import Run

SMALL = ["--batch", "8", "--width", "2", "--latent", "4", "--device", "cpu", "--threads", "1"]


@pytest.fixture
def pictures(tmp_path):
    folder(tmp_path / "pictures", count=222, shape=(8, 8, 3), classes=3)
    return str(tmp_path / "pictures")


def test_killed_and_resumed_it_ends_with_the_same_bits(tmp_path, pictures):
    options = ["--data", pictures, *SMALL, "--rounds", "60", "--checkpoint-every", "20"]
    assert cli.run("train", ["cgan", *options, "--out", str(tmp_path / "whole")]) == 0
    killed = tmp_path / "killed"
    command = [sys.executable, "-m", "sparring", "train", "cgan", *options, "--out", str(killed)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(killed.glob("checkpoints/*20/manifest.json")):
        time.sleep(0.005)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed: make it longer"
    assert cli.run("resume", [str(killed)]) == 0
    for file in ("checkpoints/00000060/tensors.safetensors", "model/average.safetensors"):
        assert (killed / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


def test_a_run_is_asked_for_classes_and_evaluated(tmp_path, pictures, capsys):
    run, out = tmp_path / "run", tmp_path / "made.npy"
    words = ["cgan", "--data", pictures, *SMALL, "--rounds", "2", "--hold-out", "100", "--out", str(run)]
    assert cli.run("train", words) == 0
    assert "IGNORES" not in capsys.readouterr().out
    with Image.open(run / "preview.png") as image:
        assert image.width == 9 * 8 * 8 + 10 * 4, "three classes, a column for each, three times"
        assert image.height > image.width, "with their names above"
    assert cli.run("sample", [str(run), "--class", "class 1", "-n", "5", "--seed", "2", "--out", str(out)]) == 0
    sampler = sparring.load(run)
    expected = sampler.sample(5, given=sampler.condition.parse(["class 1"]), seed=2)
    assert np.array_equal(np.load(out), to_bytes(expected).numpy())
    assert not np.array_equal(np.load(out), to_bytes(sampler.sample(5, seed=2)).numpy())
    rows_of_classes(run, sampler, tmp_path)
    capsys.readouterr()
    assert cli.run("evaluate", [str(run), "--n", "100", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scores"]


def test_other_pictures_of_the_same_classes_are_measured_by_class(tmp_path, pictures, capsys):
    run, others = tmp_path / "run", {}
    words = ["cgan", "--data", pictures, *SMALL, "--rounds", "2", "--hold-out", "0", "--out", str(run)]
    assert cli.run("train", words) == 0
    for name, count, classes in (("same", 150, 3), ("fewer", 40, 2), ("none", 40, 0)):
        others[name] = str(tmp_path / name)
        folder(tmp_path / name, count=count, shape=(8, 8, 3), classes=classes)
    capsys.readouterr()
    words = ["--against", others["same"], "--measures", "kernel", "--features", "pixels", "--training", "0", "--json"]
    assert cli.run("evaluate", [str(run), *words]) == 0
    found = json.loads(capsys.readouterr().out)["asked"]
    assert [(one["name"], one["real"]["count"]) for one in found["classes"]] == [(f"class {i}", 50) for i in range(3)]
    for name in ("fewer", "none"):
        plain = open_data(others[name], Preparation(labels="none"))
        assert all_held_out(Run.open(run), others[name]).digest() == plain.digest(), "other labels are left out"


def rows_of_classes(run, sampler, tmp_path):
    """`--by-class` draws so many of each class, a row below its name."""
    words = ["sample", str(run), "--by-class", "-n", "2"]
    assert cli.run(*words[:1], [*words[1:], "--out", str(tmp_path / "rows.npz")]) == 0
    with np.load(tmp_path / "rows.npz") as arrays:
        assert arrays["given"].tolist() == [0, 0, 1, 1, 2, 2]
        expected = sampler.sample(6, given=torch.tensor([0, 0, 1, 1, 2, 2]))
        assert np.array_equal(arrays["samples"], to_bytes(expected).numpy())
    sizes = []
    for extra in ([], ["--class", "class 2"]):
        assert cli.run(*words[:1], [*words[1:], *extra, "--out", str(tmp_path / "rows.png")]) == 0
        with Image.open(tmp_path / "rows.png") as image:
            sizes.append(image.size)
    (width, three), (_, one) = sizes
    assert width == 2 * 68 + 4
    assert three - one == 2 * (72 + 28), "a row is a picture and a line of text"


def test_pictures_without_classes_are_put_into_clusters(tmp_path, capsys):
    folder(tmp_path / "flat", count=60, shape=(8, 8, 3))
    run, words = tmp_path / "run", ["cgan", "--data", str(tmp_path / "flat"), *SMALL]
    assert cli.run("train", [*words, "--rounds", "2", "--clusters", "7", "--hold-out", "0", "--out", str(run)]) == 0
    condition = sparring.load(run).condition
    assert (len(condition.names), sum(condition.counts)) == (7, 60)
    (tmp_path / "flat").rename(tmp_path / "away")
    assert cli.run("sample", [str(run), "--class", "6", "-n", "2", "--out", str(tmp_path / "made.npy")]) == 0
    (tmp_path / "away").rename(tmp_path / "flat")
    assert cli.run("resume", [str(run), "--rounds", "3"]) == 0, "the same pictures have the same clusters"


@pytest.mark.parametrize(("classes", "use"), [(0, "none"), (2, "conditional")])
def test_only_labels_that_somebody_gave_make_a_run_conditional(classes, use, tmp_path):
    """Clusters are found in the pictures, so such a run is compared with others that use no labels."""
    folder(tmp_path / "pictures", count=60, shape=(8, 8, 3), classes=classes)
    run, words = tmp_path / "run", ["cgan", "--data", str(tmp_path / "pictures"), *SMALL, "--rounds", "2"]
    assert cli.run("train", [*words, "--clusters", "7", "--hold-out", "20", "--out", str(run)]) == 0
    played = Run.open(run)
    assert labels_of(played.parts, played.data) == scores.course(run).facts[scores.LABELS] == use


def test_without_clusters_pictures_without_classes_are_refused_in_a_line(tmp_path, capsys):
    folder(tmp_path / "flat", shape=(8, 8, 3))
    words = ["cgan", "--data", str(tmp_path / "flat"), "--clusters", "0", "--out", str(tmp_path / "run")]
    assert cli.run("train", words) == 2
    error = capsys.readouterr().err
    assert "has no classes" in error
    assert "sparring train dcgan" in error
    assert error.count("\n") == 1


def test_the_default_data_have_classes():
    data = cgan.open_data(cgan.Config())
    assert data.condition.names[8] == "bag"
    assert data.condition.counts == (1000,) * 10
