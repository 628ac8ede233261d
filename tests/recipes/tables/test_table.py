"""The recipe from the command line: trained, killed, resumed, sampled, evaluated."""

import csv
import json
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from sparring import cli
from sparring.kinds.rows import Rows
from sparring.recipes.tables.table import Config, open_data
from sparring.runs.files import read_log

SMALL = ["--batch", "8", "--width", "4", "--latent", "3", "--device", "cpu"]


@pytest.fixture
def table(tmp_path):
    lines = [f"{'ab'[i % 2]};{i / 8:.3f};{i % 3}" for i in range(240)]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["letter;size;count", *lines]))
    return path


def test_a_table_of_ones_own(table, tmp_path, capsys):
    run, out = tmp_path / "run", tmp_path / "rows.csv"
    words = ["table", "--data", str(table), "--rounds", "2", *SMALL, "--hold-out", "100", "--out", str(run)]
    assert cli.run("train", words) == 0
    assert cli.run("sample", [str(run), "-n", "50", "--out", str(out)]) == 0
    head, *rows = csv.reader(out.read_text().splitlines())
    assert head == ["letter", "size", "count"]
    assert len(rows) == 50
    for letter, size, count in rows:
        assert letter in {"a", "b"}
        assert 0 <= float(size) <= 29.875
        assert len(size.partition(".")[2]) == 3
        assert count in {"0", "1", "2"}
    assert cli.run("evaluate", [str(run), "--n", "100"]) == 0
    summary = json.loads((run / "evaluation.json").read_text())["summary"]
    assert list(summary) == [
        "letter: total variation", "size: Kolmogorov-Smirnov", "count: total variation",
        "association of two columns: mean difference", "nearest training row: median distance",
    ]  # fmt: skip
    capsys.readouterr()
    table.write_text(table.read_text().replace("b;", "c;"))
    assert cli.run("resume", [str(run), "--rounds", "3"]) == 2
    assert "have changed since it began" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ring", "nowhere.csv"])
def test_what_is_no_table_is_refused(name, capsys, tmp_path):
    assert cli.run("train", ["table", "--data", name, "--out", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert "expected a table" in error or "there is no file" in error
    assert error.count("\n") == 1


def test_points_are_no_text(tmp_path, capsys):
    run = str(tmp_path / "run")
    words = ["ring", "--rounds", "2", "--batch", "4", "--width", "4", "--device", "cpu", "--out", run]
    assert cli.run("train", words) == 0
    assert cli.run("sample", [run, "--out", str(tmp_path / "a.txt")]) == 2
    assert "points" in capsys.readouterr().err


def test_killed_and_resumed_ends_bit_identical(tmp_path, table, monkeypatch):
    words = ["table", "--data", str(table), "--rounds", "80", "--checkpoint-every", "5", *SMALL, "--out"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train = [sys.executable, "-m", "sparring", "train", *words, str(killed)]
    process = subprocess.Popen(train, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(killed.glob("checkpoints/000*")):
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed: make it longer"
    monkeypatch.setattr(Rows, "show", lambda self, sets: Image.new("L", (60, 60)))  # histograms take most of the time
    assert cli.run("resume", [str(killed)]) == 0
    assert cli.run("train", [*words, str(whole)]) == 0
    for file in ("checkpoints/00000080/tensors.safetensors", "model/average.safetensors"):
        assert (killed / file).read_bytes() == (whole / file).read_bytes()
    assert [line["round"] for line in read_log(killed / "log.jsonl")] == [
        line["round"] for line in read_log(whole / "log.jsonl")
    ]


def test_the_default_ships():
    assert len(open_data(Config())) == 342
