import json
import subprocess
import sys

import numpy as np
import pytest

from made import noise
from sparring import cli
from sparring.data.embedded import fashion_mnist

OPTIONS = ["--rounds", "4", "--batch", "8", "--width", "2", "--latent", "3", "--device", "cpu", "--threads", "1"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_against_what_was_held_out(here, capsys):
    assert cli.run("train", ["dcgan", *OPTIONS, "--out", "run"]) == 0
    capsys.readouterr()
    assert cli.run("evaluate", ["run", "--n", "200"]) == 0
    out = capsys.readouterr().out
    assert "200 generated against 200 real pictures (held out, " in out
    assert "features: classifier of digits and garments" in out
    assert "Frechet distance, bias removed" in out
    assert "by chance: " in out
    saved = json.loads((here / "run" / "evaluation.json").read_text())
    lines = {line["score"]["metric"]: line for line in saved["scores"]}
    worse = lines["Frechet distance"]
    assert worse["score"]["low"] > worse["floor"]["high"]  # four rounds make noise
    assert worse["score"]["weights"] == "average"
    assert saved["memorisation"]["share"] <= 1
    assert cli.run("evaluate", ["run", "--n", "200", "--weights", "raw", "--features", "pixels", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["scores"][0]["score"]["extractor"]["name"] == "pixels"
    assert again["scores"][0]["score"]["weights"] == "raw"


def test_no_extra_is_needed(garments):
    """The demo ends with an evaluation, and its environment has no extras."""
    script = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(['ot', 'pyarrow', 'resvg_py', 'skimage', 'torchmetrics', 'sklearn'])\n"
        "from sparring import cli\n"
        "sys.exit(cli.run('evaluate', [sys.argv[1], '--n', '100', '--json', '--out', sys.argv[2]]))"
    )
    words = [str(garments / "seed 0"), str(garments / "evaluation of seed 0.json")]
    subprocess.run([sys.executable, "-c", script, *words], check=True, capture_output=True)


def test_a_folder_of_copies_is_as_good_as_real(here, capsys):
    x = fashion_mnist().x.squeeze(1).numpy()
    np.save("real.npy", x[:400])
    np.save("generated.npy", x[400:600])
    words = ["generated.npy", "--against", "real.npy", "--n", "150", "--json", "--out", "found.json"]
    assert cli.run("evaluate", words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads((here / "found.json").read_text())
    assert found["memorisation"] is None
    for line in found["scores"]:
        assert line["score"]["low"] <= line["floor"]["high"]
        assert line["floor"]["low"] <= line["score"]["high"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("a.npy", "'a.npy' is no run: give --against DATA"),
        ("a.npy --against a.npy", "holds 20 examples of shape [1, 8, 8]; expected pictures, at least twice --n 1000"),
        ("few.npy --against a.npy --n 9", "'few.npy' holds 2 pictures; --n 9 is more"),
        ("a.npy --against ring --n 9", "shape [2]; expected pictures"),
        ("a.npy --against a.npy --n 9", "expected as many of each, 100 or more"),
        ("a.npy --out x.txt", "ending in .json"),
        ("nowhere --against nothing", "'nothing'"),
    ],
)
def test_mistakes_are_explained(words, message, here, capsys):
    np.save("a.npy", noise(20, 8, 8))
    np.save("few.npy", noise(2, 8, 8))
    assert cli.run("evaluate", words.split()) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (here / "evaluation.json").exists()
