import io
import json
import re
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from sparring import cli
from sparring.recipes.theory.ring import Config
from sparring.runs.files import Lines
from sparring.runs.session import Session


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("played")
    for seed in (0, 1):
        config = Config(rounds=6, batch=4, width=4, seed=seed, device="cpu")
        Session.create(folder / f"[bold]seed {seed}", "ring", config).play()
    return folder


@pytest.fixture
def folder(played, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    shutil.copytree(played, tmp_path / "runs")
    return tmp_path / "runs"


def test_list(folder, capsys):
    broken, odd = folder / "broken", folder / ("a long name " * 9).strip()
    broken.mkdir()
    (broken / "config.json").write_text("{")
    (folder / "[bold]seed 1").rename(odd)
    assert cli.run("runs", ["list"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["recipe", "round", "images", "time", "size", "last", "change", "run"]
    assert re.match(r"ring +6/6  done      24  0:00:0\d +\d+ kB  ", lines[0])
    assert lines[0].endswith("  runs/[bold]seed 0"), "a path is no markup"
    assert lines[1].endswith(f"  runs/{odd.name}"), "and is shown whole"
    assert lines[2].startswith("broken  ")
    assert "  runs/broken  is not a run: its config.json is damaged (" in lines[2]
    assert len(lines) == 3


def test_list_as_json(folder, capsys):
    assert cli.run("runs", ["list", str(folder), "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["path"], first["round"], first["complete"]) == (str(folder / "[bold]seed 0"), 6, True)
    assert second["problem"] is None


def test_an_empty_folder(tmp_path, capsys):
    assert cli.run("runs", ["list", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"There are no runs in {tmp_path}\n"
    assert cli.run("runs", ["list", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_name_that_is_not_unicode(folder):
    (folder / "[bold]seed 0").rename(str(folder / "b") + "\udcff")
    call = [sys.executable, "-m", "sparring", "runs", "list"]
    assert rb"  runs/b\udcff" in subprocess.run(call, capture_output=True, check=True).stdout


def test_compare(folder, capsys):
    paths = [f"runs/[bold]seed {seed}" for seed in (0, 1)]
    assert cli.run("runs", ["compare", *paths, "--x", "seconds"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"1  {paths[0]}\n2  {paths[1]}\n\nlast values ")
    assert "\nconfiguration  1  2\nseed           0  1\n\nCurves: compare.png\n" in out
    with Image.open("compare.png") as image:
        assert image.size[0] == 1320
    assert cli.run("runs", ["compare", *paths, "--json", "--out", "b.png"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about["differences"] == {"seed": [0, 1]}
    assert about["last"]["round"] == [6, 6]
    assert about["picture"] == "b.png"


def test_compare_runs_with_different_terms(folder, capsys):
    log = Lines(folder / "[bold]seed 1" / "log.jsonl")
    lines = [{name.replace("generator/loss", "critic/gap"): line[name] for name in line} for line in log.begin(9)]
    log.begin(0)
    for line in lines:
        log.append(line)
    assert cli.run("runs", ["compare", *map(str, folder.iterdir())]) == 0
    lines = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line}
    assert sorted(map("-".__eq__, lines["critic/gap"])) == [False, True]
    assert sorted(map("-".__eq__, lines["generator/loss"])) == [False, True]


def test_remove_asks(folder, capsys, monkeypatch):
    run = folder / "[bold]seed 0"
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert cli.run("runs", ["remove", str(run)]) == 0
    assert "Nothing was removed." in capsys.readouterr().out
    assert cli.run("runs", ["remove", str(run)]) == 2, "standard input has ended"
    assert "give --yes" in capsys.readouterr().err
    assert run.exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert cli.run("runs", ["remove", str(run)]) == 0
    assert not run.exists()


def test_remove_takes_all_or_nothing(folder, capsys):
    whole = [str(path) for path in folder.iterdir()]
    assert cli.run("runs", ["remove", *whole, str(folder), "--yes"]) == 2
    assert "is not a run" in capsys.readouterr().err
    assert len(list(folder.iterdir())) == 2
    assert cli.run("runs", ["remove", "--yes", *whole, whole[0]]) == 0
    assert not list(folder.iterdir())
    assert "Removed; " in capsys.readouterr().out


def test_prune(folder, capsys):
    run = folder / "[bold]seed 0"
    last = run / "checkpoints" / "00000006"
    shutil.copytree(last, last.with_name("00000005"), dirs_exist_ok=True)
    size = sum(file.stat().st_size for file in last.iterdir())
    assert cli.run("runs", ["prune", str(run), "--keep", "1"]) == 0
    assert capsys.readouterr().out == f"{size:,} bytes freed  {run}\n"
    assert [path.name for path in last.parent.iterdir()] == ["00000006"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lst", "there is no verb of runs 'lst': did you mean 'list'?"),
        ("list nowhere", "there is no folder 'nowhere'"),
        ("compare", "expected a run"),
        ("compare nowhere", "'nowhere' is not a run"),
        ("compare nowhere --out x.jpg", "ending in .png"),
        ("remove", "expected a run"),
        ("remove .", "is not a run"),
        ("prune nowhere --keep 0", "--keep is 0"),
    ],
)
def test_mistakes_are_explained(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run("runs", words.split()) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_verbs_are_listed(capsys):
    assert cli.run("runs", []) == 2
    assert cli.run("runs", ["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {verb} " in out for verb in ("list", "compare", "remove", "prune"))
    assert max(map(len, out.splitlines())) <= 80
