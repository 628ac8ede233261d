import json

import numpy as np
import pytest

from made import noise
from sparring import cli
from sparring.data.embedded import fashion_mnist
from sparring.evaluation import likelihood

FEW = ["--pictures", "12", "--temperatures", "6", "--chains", "4"]


@pytest.fixture
def garment(garments, tmp_path):
    """What is found goes here; groups stay with the run."""
    return [str(garments / "seed 0"), "--out", str(tmp_path / "found.json")]


def test_pictures(garment, tmp_path, capsys):
    assert cli.run("likelihood", [*garment, *FEW]) == 0
    out = capsys.readouterr().out
    assert "log-likelihood  -" in out
    assert "the best of 8 for 6 others" in out
    assert "of 4 effective (median)" in out
    assert "12 examples (held out, " in out
    assert "Warning: The best variance is 0.1, the smallest or largest one tried" in out
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["units"] == "pixels in [0, 1], bytes dequantised"
    assert found["gap"] == pytest.approx(found["upper"] - found["lower"])
    assert found["mean"] == pytest.approx(np.mean(found["values"]))
    assert found["validation"]["means"]["0.1"] == max(found["validation"]["means"].values())
    assert found["protocol"] == {"pictures": 12, "temperatures": 6, "chains": 4}


def test_called_again_it_computes_nothing(garment, capsys, monkeypatch):
    words = [*garment, *FEW, "--variance", "0.2", "--json"]
    assert cli.run("likelihood", words) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["validation"] is None
    monkeypatch.delattr(likelihood, "ais")
    assert cli.run("likelihood", words) == 0
    assert json.loads(capsys.readouterr().out) == first


def test_stopped(garment, capsys, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(likelihood, "ais", interrupted)
    assert cli.run("likelihood", [*garment, *FEW, "--variance", "0.3"]) == 130
    assert "the same command continues from the last finished group" in capsys.readouterr().err


def test_points(points, tmp_path, capsys):
    """Fresh points of the toy, in their own units."""
    words = [str(points), *FEW, "--json", "--out", str(tmp_path / "x.json")]
    assert cli.run("likelihood", words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["units"] == "those of the data"
    assert len(found["validation"]["means"]) == 11
    assert -10 < found["mean"] < 5


def test_parzen(garment, tmp_path, capsys):
    np.save(tmp_path / "x.npy", fashion_mnist().x[:1030].squeeze(1).numpy())
    assert cli.run("likelihood", [*garment, "--method", "parzen", "--against", str(tmp_path / "x.npy")]) == 0
    out = capsys.readouterr().out
    assert "10,000 samples, sigma" in out
    assert "30, and 1,000 others for sigma" in out
    assert "score 242.4, and means of 10 nearest ones 346.1, without any model" in out
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["method"], found["test_examples"], len(found["sigmas"])) == ("parzen", 30, 10)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--pictures 1", "--pictures is 1; expected 2 or more"),
        ("--temperatures 0", "--temperatures is 0; expected 1 or more"),
        ("--variance 0 --pictures 2", "variance 0.0"),
        ("--variance nan --pictures 2", "variance nan"),
        ("--full", "there are 1000 held-out examples; expected 1000, and 50 others to choose the noise"),
        ("--against few.npy", "there are 20 held-out examples; expected 100"),
        ("--against ring", "'ring' cannot be changed"),
        ("--method parzen", "there are 1000 held-out examples; expected 2, and 1000 others"),
        ("--method parzen --full", "are for --method ais"),
        ("--method parzen --variance 0", "are for --method ais"),
        ("--out x.txt", "ending in .json"),
        ("--device nowhere", "--device nowhere is not available here"),
    ],
)
def test_mistakes_are_explained(words, message, garment, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.save("few.npy", noise(20, 28, 28))
    assert cli.run("likelihood", [*garment, *words.split()]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "found.json").exists()


def test_points_have_no_parzen_windows(points, capsys):
    assert cli.run("likelihood", [str(points), "--method", "parzen"]) == 2
    assert "this run makes none: use --method ais" in capsys.readouterr().err
