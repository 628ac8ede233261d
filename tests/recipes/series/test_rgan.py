"""The recipe from the command line: trained, sampled, evaluated, resumed."""

import csv
import json

import pytest
from PIL import Image

from sparring import cli
from sparring.recipes.series.rgan import Config

SMALL = ["--batch", "4", "--width", "4", "--noise", "2", "--rounds", "2", "--device", "cpu"]
LINES = [f"2012-{i},{i % 17 / 10:.1f},{(i * 7) % 11}" for i in range(600)]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["day,rain,wind", *LINES]))
    return path


def test_a_series_of_ones_own(table, tmp_path, capsys):
    run, out, picture = tmp_path / "run", tmp_path / "some.csv", tmp_path / "some.png"
    assert cli.run("train", ["rgan", "--data", str(table), "--length", "12", *SMALL, "--out", str(run)]) == 0
    for place in (out, picture):
        assert cli.run("sample", [str(run), "-n", "5", "--out", str(place)]) == 0
    head, *rows = csv.reader(out.read_text().splitlines())
    assert head == ["window", "step", "rain", "wind"]
    assert [row[:2] for row in rows] == [[str(window), str(step)] for window in range(5) for step in range(12)]
    for _, _, rain, wind in rows:
        assert 0 <= float(rain) <= 1.6
        assert len(rain.partition(".")[2]) == 1
        assert 0 <= int(wind) <= 10
    with Image.open(picture) as image:
        assert min(image.size) > 100
    assert cli.run("evaluate", [str(run), "--n", "100"]) == 0
    summary = json.loads((run / "evaluation.json").read_text())["summary"]
    assert list(summary) == [
        "rain: Kolmogorov-Smirnov", "wind: Kolmogorov-Smirnov", "autocorrelation: mean difference",
        "nearest training window: median distance",
    ]  # fmt: skip
    capsys.readouterr()
    table.write_text(table.read_text().replace("2012-3,0.3", "2012-3,0.4"))
    assert cli.run("resume", [str(run), "--rounds", "3"]) == 2
    assert "have changed since it began" in capsys.readouterr().err


def test_sines(tmp_path):
    run = tmp_path / "run"
    assert cli.run("train", ["rgan", "--length", "10", *SMALL, "--out", str(run)]) == 0
    assert json.loads((run / "config.json").read_text())["data"]["shape"] == [10, 2]


def test_a_window_is_as_long_as_two_pieces():
    with pytest.raises(ValueError, match="--length is 9; expected 10 steps or more"):
        Config(length=9)


@pytest.mark.parametrize("name", ["ring", "nowhere.csv"])
def test_what_is_no_series_is_refused(name, capsys, tmp_path):
    assert cli.run("train", ["rgan", "--data", name, "--out", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert "is no time series" in error or "there is no file" in error
    assert error.count("\n") == 1
