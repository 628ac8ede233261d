import io
import json
import re
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from blocked import sparring
from sparring import cli
from sparring.cli.runs import marked
from sparring.cli.table import amount
from sparring.metrics.extractors import Identity
from sparring.metrics.score import Score
from sparring.recipes.theory.ring import Config
from sparring.runs import files, scores
from sparring.runs.files import Lines
from sparring.runs.scores import Found
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
    assert head.split() == ["recipe", "round", "images", "time", "size", "last", "change", "score", "run"]
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
    assert "\nconfiguration  1  2\nseed           0  1\n\nNo run has an evaluation of its present weights. " in out
    assert out.endswith("\n\nCurves: compare.png\n")
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


def evaluated(run, value, **about):
    """Writes an evaluation into a run, as `sparring evaluate` does."""
    score = Score(
        metric="Fréchet distance", value=value, low=value - 1, high=value + 1, interval="made up",
        **{"extractor": Identity("pixels"), "generated": 100, "real": 100, "data": "held out, 0123", **about},
    ).json()  # fmt: skip
    content = {"scores": [{"score": score, "floor": score}], "model": scores.model(run, "average")}
    (run / "evaluation.json").write_text(json.dumps(content))


def test_list_shows_scores(folder, capsys):
    first, second = sorted(folder.iterdir())
    evaluated(first, 7.04)
    assert cli.run("runs", ["list"]) == 0
    assert "  Fréchet 7.04 (6.04 to 8.04)  runs/" in capsys.readouterr().out
    evaluated(second, 8.0)
    assert cli.run("runs", ["list"]) == 0
    out = capsys.readouterr().out
    assert "Fréchet 8 (7 to 9)  " in out
    assert "Compare only" not in out
    evaluated(second, 8.0, extractor=Identity("other"), size=(64, 64))
    assert cli.run("runs", ["list"]) == 0
    out = capsys.readouterr().out
    assert "Fréchet 7.04 (6.04 to 8.04) [a]  " in out
    assert "Fréchet 8 (7 to 9) [b]  " in out
    assert out.endswith("\nCompare only scores with the same letter. Other scores differ in features, size.\n")
    assert cli.run("runs", ["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["score"]["value"] == 7.04


def test_compare_shows_scores_that_may_be_compared(folder, capsys):
    paths = sorted(folder.iterdir())
    assert cli.run("runs", ["compare", *map(str, paths)]) == 0
    assert (
        "No run has an evaluation of its present weights. For scores: sparring evaluate RUN\n"
        in capsys.readouterr().out
    )
    for path, value in zip(paths, (7.04, 8.0), strict=True):
        evaluated(path, value)
    assert cli.run("runs", ["compare", *map(str, paths)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"Fréchet distance, lower is better  7.04 \(6.04 to 8.04\)  +8 \(7 to 9\)\n", out)
    evaluated(paths[1], 8.0, data="elsewhere, 4567")
    assert cli.run("runs", ["compare", *map(str, paths)]) == 0
    out = capsys.readouterr().out
    assert "Fréchet" not in out
    assert "Evaluations are not compared: they differ in real examples. Evaluate all alike: sparring evaluate" in out
    assert cli.run("runs", ["compare", *map(str, paths), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"] == {}
    assert "not compared" in found["notes"][0]


def test_models_that_use_labels_in_other_ways_are_never_compared(folder, capsys):
    """Goodfellow (2016), section 4.1: three categories."""
    paths = sorted(folder.iterdir())
    for path, labels in zip(paths, ("none", "conditional"), strict=True):
        evaluated(path, 7.0, labels=labels)
    for words in (["list"], ["compare", *map(str, paths)]):
        assert cli.run("runs", words) == 0
        out = capsys.readouterr().out
        assert "differ in use of labels." in out
        assert "Never compare scores of different categories" in out
        assert "Evaluate all alike" not in out


def test_scores_in_training_of_other_examples_are_not_compared(folder, capsys):
    paths = sorted(folder.iterdir())
    for seed, path in enumerate(paths):
        about = files.read_config(path)
        files.write_config(path, {**about, "config": {**about["config"], "hold_out": 9}})
        scored = Lines(path / "scores.jsonl")
        scored.append({"round": 6, "images": 24, "held out/sliced Wasserstein": 0.5 + seed})
    assert cli.run("runs", ["list"]) == 0
    assert "sliced Wasserstein, in training 0.5 [a]" in capsys.readouterr().out
    assert cli.run("runs", ["compare", *map(str, paths)]) == 0
    out = capsys.readouterr().out
    assert "held out/" not in out
    assert "Scores in training are not compared: they differ in real examples." in out
    assert cli.run("runs", ["compare", str(paths[0])]) == 0
    assert re.search(r"held out/sliced Wasserstein +0.5\n", capsys.readouterr().out)


def test_letters_never_end():
    found = [Found("d", 1.0, None, None, {"size": i}) for i in range(60)]
    texts, words = marked([None, *found, found[3]])
    assert texts[0] == ""
    assert len(set(texts)) == 61
    assert texts[-1] == texts[4] == "d 1 [d]"
    assert words == ["Compare only scores with the same letter. Other scores differ in size."]


@pytest.mark.parametrize("words", [["list"], ["compare", "--out", "curves.png"]])
def test_no_torch_is_needed(words, folder):
    """It takes seconds to be imported. matplotlib, which draws the curves, needs none."""
    evaluated(min(folder.iterdir()), 7.04)
    paths = sorted(folder.iterdir()) if words[0] == "compare" else [folder]
    done = sparring("runs", words[0], *paths, *words[1:], missing=["torch"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "Fréchet" in done.stdout


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
    assert capsys.readouterr().out == f"{amount(size)} freed  {run}\n"
    assert [path.name for path in last.parent.iterdir()] == ["00000006"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lst", "there is no verb of runs 'lst': did you mean 'list'?"),
        ("list nowhere", "there is no folder 'nowhere'"),
        ("compare", "expected a run"),
        ("compare nowhere", "there is no run 'nowhere'"),
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
