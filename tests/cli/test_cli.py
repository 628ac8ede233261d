import re
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from sparring import cli
from sparring.cli.play import seconds

OPTIONS = ["--rounds", "6", "--batch", "4", "--width", "2", "--latent", "3", "--device", "cpu", "--threads", "2"]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for i, array in enumerate(np.random.default_rng(0).integers(0, 256, (12, 8, 9, 3), np.uint8)):
        Image.fromarray(array).save(folder / f"{i}.png")
    return str(folder)


def test_train_resume_sample(data, tmp_path, capsys):
    run = tmp_path / "run"
    assert cli.run("train", ["dcgan", "--data", data, "--out", str(run), *OPTIONS]) == 0
    out = capsys.readouterr().out
    assert "Played to round 6" in out
    assert "real_and_generated.png, samples.png, curves.png, timelapse.gif" in out
    assert cli.run("resume", [str(run)]) == 0
    assert f"complete at round 6. To add rounds: sparring resume {run} --rounds 12" in capsys.readouterr().out
    assert cli.run("resume", [str(run), "--rounds", "8"]) == 0
    assert "Played to round 8" in capsys.readouterr().out
    grid, array = tmp_path / "grid.png", tmp_path / "array.npy"
    assert cli.run("sample", [str(run), "-n", "9", "--seed", "4", "--out", str(grid)]) == 0
    assert cli.run("sample", [str(run), "-n", "9", "--seed", "4", "--weights", "raw", "--out", str(array)]) == 0
    with Image.open(grid) as image:
        assert image.size == (7 * 3 * 9 + 4 * 4, 7 * 3 * 8 + 4 * 4)
    assert np.load(array).shape == (9, 3, 8, 9)
    assert np.load(array).dtype == np.uint8


def test_a_time_limit_ends_a_run_that_can_be_resumed(data, tmp_path, capsys):
    run = tmp_path / "run"
    options = [*OPTIONS, "--rounds", "1000000", "--time", "3s"]
    assert cli.run("train", ["dcgan", "--data", data, "--out", str(run), *options]) == 0
    assert f"Continue with: sparring resume {run}" in capsys.readouterr().out
    assert (run / "real_and_generated.png").exists()


def test_dry_run_writes_nothing(data, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stopped = tmp_path / "stopped"
    train = ["dcgan", "--data", data, *OPTIONS, "--out", str(stopped), "--rounds", "9999"]
    assert cli.run("train", [*train, "--time", "0.1s"]) == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert cli.run("train", ["dcgan", "--data", data, *OPTIONS, "--dry-run"]) == 0
    assert cli.run("demo", ["--dry-run", "--rounds", "10"]) == 0
    assert cli.run("resume", [str(stopped), "--dry-run"]) == 0
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert after.keys() == before.keys()
    assert [p for p in after if after[p] != before[p]] == []
    out = capsys.readouterr().out
    assert "12 examples of shape [3, 8, 9]" in out
    assert re.search(r"6 rounds of 4: about \d+\.\d minutes, \d+\.\d GiB of memory", out)


def test_demo(tmp_path, capsys):
    run = tmp_path / "demo"
    assert cli.run("demo", ["--rounds", "4", "--out", str(run), "--batch", "16"]) == 0
    out = capsys.readouterr().out
    assert "distance to the nearest other of 1000 generated pictures" in out
    assert len(re.findall("^  sparring ", out, re.MULTILINE)) == 3
    assert re.search(r"^Fréchet distance +\d", out, re.MULTILINE)
    assert re.search(r"^kernel distance +\S", out, re.MULTILINE)
    for name in ("real_and_generated.png", "curves.png", "timelapse.gif", "measured.json"):
        assert (run / name).stat().st_size > 100
    assert cli.run("demo", ["--out", str(run)]) == 0  # finished: reports again, trains nothing
    assert "4 rounds" in capsys.readouterr().out
    assert cli.run("demo", ["--out", str(run), "--seed", "5"]) == 2
    assert "was started with --seed 0, not 5: choose another --out" in capsys.readouterr().err


def test_runs_of_older_demos_are_continued_by_resume(tmp_path, capsys):
    run = tmp_path / "demo"
    small = ["--rounds", "2", "--batch", "4", "--width", "2", "--latent", "3", "--threads", "1"]
    assert cli.run("train", ["dcgan", *small, "--out", str(run)]) == 0
    capsys.readouterr()
    assert cli.run("demo", ["--out", str(run)]) == 2
    error = capsys.readouterr().err
    assert f"continue it with sparring resume {run}, or choose another --out" in error
    assert cli.run("resume", [str(run), "--rounds", "3"]) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("trian", "did you mean 'train'"),
        ("train dcgam", "did you mean 'dcgan'"),
        ("train --rounds 3", "expected a recipe or --data, got '--rounds'"),
        ("train dcgan --data nowhere", "nowhere': check the path"),
        ("train dcgan --time soon", "--time is 'soon'; expected something like"),
        ("train dcgan --device cuda:99", "use --device cpu"),
        ("demo --time soon", "--time is 'soon'; expected something like"),
        ("resume nowhere --time soon", "--time is 'soon'; expected something like"),
        ("resume nowhere", "there is no run 'nowhere'"),
        ("sample nowhere", "there is no run 'nowhere'"),
    ],
)
def test_mistakes_are_explained(words, message, tmp_path, monkeypatch, capsys):
    """One line, exit code 2, nothing written."""
    monkeypatch.chdir(tmp_path)
    verb, *rest = words.split()
    assert cli.run(verb, rest) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("sparring: ")
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", ["train dcgan --widht 3", "sample x --sede 3", "demo --outt x", "resume"])
def test_unknown_options_are_errors_with_a_suggestion(words, capsys):
    verb, *rest = words.split()
    with pytest.raises(SystemExit) as stop:
        cli.run(verb, rest)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert "Perhaps you meant" in error or "required" in error.lower()


def test_nonsense_values_are_errors(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.run("train", ["dcgan", "--rounds", "0"])
    assert stop.value.code == 2
    assert "--rounds is 0; expected more than 0" in capsys.readouterr().err


def test_measuring_needs_examples_to_measure_against(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run("train", ["ring", "--evaluate-every", "5", "--rounds", "2"]) == 2
    assert "--evaluate-every needs examples to measure against: give --hold-out 100 too" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_help_is_quick():
    """Without torch, whose import takes seconds."""
    code = (
        "import sys; from sparring.cli import main\ntry: main(['--help'])\nfinally: assert 'torch' not in sys.modules"
    )
    start = time.perf_counter()
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "train a recipe on your data" in out
    assert re.search(r"Exit codes: +0 +done +1 .* 2 .* 130 ", out.replace("\n", " "))
    assert max(map(len, out.splitlines())) <= 80
    assert time.perf_counter() - start < 30  # a hang would be seen; the speed itself is measured, not tested


def test_every_verb_has_help(capsys):
    for verb in cli.VERBS:
        with pytest.raises(SystemExit) as stop:
            cli.main([verb, "--help"])
        assert stop.value.code == 0
        assert "usage: sparring" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert re.fullmatch(r"sparring \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(("text", "value"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400)])
def test_seconds(text, value):
    assert seconds(text) == value
