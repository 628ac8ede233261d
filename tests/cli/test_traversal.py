"""Codes asked for on the command line: one value, or the same latents at one value after another."""

import numpy as np
import pytest
import torch
from PIL import Image

import sparring
from made import folder
from sparring import cli

SMALL = [
    "--batch",
    "8",
    "--width",
    "2",
    "--latent",
    "4",
    "--device",
    "cpu",
    "--threads",
    "1",
    "--rounds",
    "2",
    "--hold-out",
    "100",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    home = tmp_path_factory.mktemp("codes")
    folder(home / "pictures", count=222, shape=(16, 16, 3))
    words = ["infogan", "--data", str(home / "pictures"), "--categories", "3", "--names", "kind,slant,width"]
    assert cli.run("train", [*words, *SMALL, "--out", str(home / "run")]) == 0
    return str(home / "run")


def numbers(run, path, *words):
    assert cli.run("sample", [run, *words, "--out", str(path)]) == 0
    return np.load(path)


def test_a_range_draws_the_same_latents_in_columns(run, tmp_path):
    found = numbers(run, tmp_path / "a.npy", "--code", "kind=2", "--code", "slant=-2:2", "-n", "4", "--steps", "3")
    sampler = sparring.load(run)
    given = sampler.given(4)
    given[:, :3] = torch.tensor([0.0, 0.0, 1.0])
    for j, slant in enumerate((-2.0, 0.0, 2.0)):
        given[:, 3] = slant
        alone = sampler.kind.array(sampler.sample(4, given=given))
        np.testing.assert_allclose(found.reshape(4, 3, 3, 16, 16)[:, j].astype(int), alone.astype(int), atol=1)


def test_a_value_alone_is_asked_of_all_samples(run, tmp_path):
    found = numbers(run, tmp_path / "a.npz", "--code", "kind=1", "-n", "5")["given"]
    assert found[:, :3].tolist() == [[0, 1, 0]] * 5
    assert found[:, 3:].tolist() == sparring.load(run).given(5)[:, 3:].tolist()


def test_two_ranges_make_rows_and_columns_of_one_latent(run, tmp_path):
    words = ["--code", "kind=0:2", "--code", "slant=-1:1"]
    found = numbers(run, tmp_path / "a.npz", *words)["given"].reshape(3, 10, 5)
    assert found[:, 0, :3].argmax(1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(found[1, :, 3], np.linspace(-1, 1, 10), atol=1e-6)
    assert len(np.unique(found[..., 4])) == 1
    assert cli.run("sample", [run, *words, "--out", str(tmp_path / "a.png")]) == 0
    with Image.open(tmp_path / "a.png") as image:
        assert image.width > 3 * image.height


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--code", "size=1"], "'size' is none of them; there are kind (0 to 2, whole); slant (-1 to 1); width"),
        (["--code", "kind=0:2", "--code", "slant=0:1", "--code", "width=0:1"], "--code got 3 ranges; expected at most"),
        (["--code", "kind=1", "--class", "1,0,0"], "leave out --class"),
        (["--code", "slant=0:1", "--steps", "1"], "--steps is 1; expected 2 or more"),
    ],
)
def test_codes_that_there_are_not_are_refused_in_a_line(run, words, message, capsys, tmp_path):
    assert cli.run("sample", [run, *words, "--out", str(tmp_path / "a.png")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_runs_without_codes_say_so(garments, tmp_path, capsys):
    assert cli.run("sample", [str(garments / "seed 0"), "--code", "kind=1", "--out", str(tmp_path / "a.png")]) == 2
    assert "--code is for runs with codes; this one can be asked for nothing: leave it out" in capsys.readouterr().err


def test_a_run_with_codes_is_evaluated(run, capsys):
    assert cli.run("evaluate", [run, "--n", "100", "--json"]) == 0
