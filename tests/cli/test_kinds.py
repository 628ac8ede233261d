"""Runs of other kinds than pictures and points: trained, previewed, sampled, evaluated, without a line about them."""

import csv
import dataclasses
import importlib
import io
import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

import sparring
from made import folder, noise
from sparring import cli, recipes
from sparring.cli.held_out import some
from sparring.kinds.drawing import to_bytes
from sparring.runs import files
from sparring.runs.run import Run
from sparring.runs.session import Session
from sparring.samplers import GeneratorSampler

FIND = recipes.find


def find(name):
    """A recipe of the tests, or of the package."""
    small = {"letters", "survey", "shades", "folders"}
    return importlib.import_module(f"small_recipes.{name}") if name in small else FIND(name)


@pytest.fixture(autouse=True)
def small_recipes(monkeypatch):
    monkeypatch.setattr(recipes, "find", find)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Three small runs, by the name of the recipe."""
    path = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "find", find)
        for name in ("letters", "survey", "shades"):
            config = find(name).Config(rounds=2, batch=8, device="cpu", threads=1, hold_out=120, evaluate_every=1)
            Session.create(path / name, name, config).play()
    return path


@pytest.mark.parametrize(
    ("name", "figure"),
    [("letters", "total variation of bigrams"), ("survey", "sliced Wasserstein"), ("shades", "kernel distance")],
)
def test_a_run_of_any_kind_has_all_its_pictures(runs, name, figure):
    for picture in ("preview.png", "samples.png", "real_and_generated.png", "samples/00000002.png"):
        with Image.open(runs / name / picture) as image:
            assert min(image.size) >= 50
    scores = [json.loads(line) for line in (runs / name / "scores.jsonl").read_text().splitlines()]
    assert [line["round"] for line in scores] == [1, 2]
    assert all(np.isfinite(line[f"held out/{figure}"]) for line in scores)


@pytest.mark.parametrize("name", ["letters", "survey", "shades"])
def test_a_run_loads_with_its_kind_and_samples_are_saved(runs, name, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(find(name), "open_data", lambda config: pytest.fail("the data are not needed"))
    sampler = sparring.load(runs / name)
    kind = sampler.kind
    assert kind == Run.open(runs / name).spec.kind
    assert cli.run("sample", [str(runs / name), "-n", "9", "--seed", "4", "--out", str(tmp_path / "files")]) == 0
    saved = kind.load(tmp_path / "files")
    assert np.array_equal(kind.array(saved), kind.array(kind.clean(sampler.sample(9, seed=4))))
    assert "9 samples in" in capsys.readouterr().out
    assert cli.run("sample", [str(runs / name), "--out", str(tmp_path / "files")]) == 2
    assert "exists and is not empty: choose another --out" in capsys.readouterr().err


def test_text_is_printed_unless_it_is_to_be_written(runs, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run, sampler = str(runs / "letters"), sparring.load(runs / "letters")
    assert cli.run("sample", [run, "-n", "5", "--seed", "3"]) == 0
    assert capsys.readouterr().out.split("\n")[:-1] == sampler.kind.texts(sampler.sample(5, seed=3))
    assert not list(tmp_path.iterdir())
    assert cli.run("sample", [run, "-n", "5", "--seed", "3", "--out", "made.txt"]) == 0
    assert "5 samples in made.txt" in capsys.readouterr().out
    assert tmp_path.joinpath("made.txt").read_text().split("\n")[:-1] == sampler.kind.texts(sampler.sample(5, seed=3))
    assert cli.run("sample", [run, "--grid"]) == 0
    assert cli.run("sample", [str(runs / "survey"), "-n", "5"]) == 0
    assert "5 samples in samples.png" in capsys.readouterr().out


def test_sequences_are_evaluated(runs, tmp_path, capsys):
    path = shutil.copytree(runs / "letters", tmp_path / "letters")
    assert cli.run("evaluate", [str(path), "--n", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    scores = {line["score"]["metric"]: line for line in found["scores"]}
    assert list(scores) == ["total variation of bigrams", "kernel distance"]
    assert scores["total variation of bigrams"]["score"]["extractor"]["name"] == "counts of bigrams"
    real = scores["total variation of bigrams"]
    assert real["score"]["value"] > real["floor"]["value"]
    assert 1 <= found["summary"]["mean length"]["real"] <= 5
    assert {"distinct-2", "share seen in training"} <= found["summary"].keys()
    assert "overfitting" in found
    assert "sequences" in (path / "evaluation.html").read_text()
    assert cli.run("sample", [str(path), "-n", "150", "--out", str(tmp_path / "made")]) == 0
    capsys.readouterr()
    words = [str(path), "--n", "100", "--against", str(tmp_path / "made/sequences.txt"), "--json"]
    assert cli.run("evaluate", words) == 0
    against = json.loads(capsys.readouterr().out)["scores"][0]
    assert against["score"]["value"] < real["score"]["value"], "its own samples"


def test_rows_are_evaluated(runs, tmp_path, capsys):
    path = shutil.copytree(runs / "survey", tmp_path / "survey")
    assert cli.run("evaluate", [str(path), "--n", "100"]) == 0
    out = capsys.readouterr().out
    assert "coded columns" in out
    found = json.loads((path / "evaluation.json").read_text())["summary"]
    assert list(found) == [
        "age: Kolmogorov-Smirnov", "town: total variation", "smokes: total variation", "income, $: Kolmogorov-Smirnov",
        "association of two columns: mean difference", "nearest training row: median distance",
    ]  # fmt: skip
    for name, columns in found.items():
        assert columns["real"] < columns["generated"] or "training" in name, name


def test_a_table_is_for_spreadsheets(runs, tmp_path):
    assert cli.run("sample", [str(runs / "survey"), "-n", "5", "--out", str(tmp_path / "made")]) == 0
    head, *rows = csv.reader(io.StringIO((tmp_path / "made" / "rows.csv").read_text(), newline=""))
    assert head == ["age", "town", "smokes", "income, $"]
    assert len(rows) == 5
    assert {row[1] for row in rows} <= {"Ulm", 'Bad "Urach", spa', "Köln"}
    assert all(int(row[0]) for row in rows)


def test_samples_are_asked_for_by_class(runs, tmp_path, capsys):
    out = tmp_path / "made.npy"
    run = str(runs / "shades")
    assert cli.run("sample", [run, "-n", "6", "--class", "white", "black", "--out", str(out)]) == 0
    sampler = sparring.load(runs / "shades")
    expected = sampler.sample(6, given=torch.tensor([2, 0, 2, 0, 2, 0]))
    assert np.array_equal(np.load(out), to_bytes(expected).numpy())
    assert not torch.equal(expected, sampler.sample(6, given=torch.tensor([0, 2])))
    capsys.readouterr()
    assert cli.run("sample", [run, "--given", "brown", "--out", str(out)]) == 2
    assert "there is no class 'brown'; there are black, grey, white" in capsys.readouterr().err
    assert cli.run("sample", [str(runs / "letters"), "--given", "a", "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert "the recipe has no condition" in error
    assert error.count("\n") == 1
    assert cli.run("sample", [run, "-n", "6", "--out", str(tmp_path / "both.npz")]) == 0
    with np.load(tmp_path / "both.npz") as arrays:
        assert arrays["given"].tolist() == sampler.given(6).tolist()
        assert arrays["samples"].shape == (6, 1, 8, 8)


def test_a_critic_that_takes_labels_is_asked_with_them(runs, tmp_path, capsys):
    path = shutil.copytree(runs / "shades", tmp_path / "shades")
    assert cli.run("evaluate", [str(path), "--n", "120", "--json"]) == 0
    assert "overfitting" in json.loads(capsys.readouterr().out)
    np.save(tmp_path / "others.npy", noise(120, 8, 8))
    words = [str(path), "--n", "120", "--against", str(tmp_path / "others.npy"), "--json"]
    assert cli.run("evaluate", words) == 0
    assert "overfitting" not in json.loads(capsys.readouterr().out), "others have no labels"


def test_people_judge_sequences_and_rows(runs, tmp_path, capsys):
    for name in ("letters", "survey"):
        out = tmp_path / f"{name}.html"
        words = [str(runs / name), "--n", "8", "--out", str(out)]
        assert cli.run("turing", words) == 0
        assert out.read_text().count("data:image/png") == 8


@pytest.fixture
def translation(tmp_path):
    for name in ("x", "y"):
        folder(tmp_path / name, count=6, shape=(8, 8, 3))
    config = find("folders").Config(
        data=str(tmp_path / "y"), source=str(tmp_path / "x"), rounds=2, batch=2, device="cpu", threads=1
    )
    Session.create(tmp_path / "run", "folders", config).play()
    return tmp_path


def test_a_second_folder_is_part_of_the_run(translation, capsys):
    run = translation / "run"
    assert cli.run("resume", [str(run), "--rounds", "3"]) == 0
    folder(translation / "x", count=6, shape=(8, 8, 3))
    capsys.readouterr()
    assert cli.run("resume", [str(run), "--rounds", "4"]) == 2
    assert "have changed since it began" in capsys.readouterr().err
    shutil.rmtree(translation / "x")
    assert cli.run("resume", [str(run), "--rounds", "4"]) == 2
    assert "are not where they were" in capsys.readouterr().err


def test_both_folders_are_reported(translation, capsys):
    words = (translation / "run" / "data.txt").read_text()
    assert str(translation / "y") in words
    assert str(translation / "x") in words
    spec = json.loads((translation / "run" / "config.json").read_text())["data"]["spec"]
    assert list(spec["streams"]) == ["y", "x"]


def test_a_picture_is_made_of_a_picture(translation, capsys):
    shutil.move(translation / "x", translation / "elsewhere")
    source = str(next((translation / "elsewhere").glob("*.png")))
    run, out = str(translation / "run"), str(translation / "made.png")
    assert cli.run("sample", [run, "-n", "2", "--given", source, "--out", out]) == 0
    assert cli.run("sample", [run, "-n", "2", "--out", out]) == 0, "of pictures that the run has kept"
    assert cli.run("sample", [run, "--given", str(translation / "run/log.jsonl"), "--out", out]) == 2
    assert "cannot be read as a picture" in capsys.readouterr().err


def test_a_kind_that_is_not_there_is_said_in_a_line(runs, tmp_path, capsys):
    path = shutil.copytree(runs / "letters", tmp_path / "letters")
    content = json.dumps(files.read_config(path)).replace('"Tokens"', '"Smells"')
    files.write_config(path, json.loads(content))
    assert cli.run("sample", [str(path)]) == 2
    assert "0 classes 'Smells' of Kind" in capsys.readouterr().err


def test_a_held_out_part_leaves_the_other_streams_whole(translation):
    data = Run.open(translation / "run").open_data()
    left, held_out = data.split(2, seed=0)
    assert (len(left), len(held_out), len(left.streams["x"])) == (4, 2, 6)
    assert left.digest() != data.digest()
    config = dataclasses.replace(Run.open(translation / "run").config, hold_out=2)
    session = Session.create(translation / "other", "folders", config)
    assert len(session.data) == 4


def test_an_exact_likelihood_is_reported_and_a_conditional_one_refused(runs, tmp_path, capsys, monkeypatch):
    path = shutil.copytree(runs / "letters", tmp_path / "letters")
    monkeypatch.setattr(GeneratorSampler, "log_likelihood", lambda self, x: -(x == 0).sum(dim=1).float())
    assert cli.run("likelihood", [str(path), "--pictures", "50", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["method"] == "exact"
    x = some(find("letters").open_data(None).main.fresh(), 50, 0).examples()
    assert found["mean"] == pytest.approx(-(x == 0).sum().item() / 50)
    assert found["standard_error"] == pytest.approx(np.std(found["values"], ddof=1) / 50**0.5)
    monkeypatch.undo()
    monkeypatch.setattr(recipes, "find", find)
    assert cli.run("likelihood", [str(runs / "shades"), "--pictures", "3", "--variance", "1"]) == 2
    assert "depend on what they are asked for" in capsys.readouterr().err


def test_conditional_runs_judge_each_other_with_labels(runs, tmp_path, capsys):
    twin = shutil.copytree(runs / "shades", tmp_path / "twin")
    assert cli.run("tournament", [str(runs / "shades"), str(twin), "--n", "60", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    game, held_out = Run.open(twin).game().eval(), some(find("shades").open_data(None).main.fresh(), 60, 0).batch()
    with torch.no_grad():
        expected = (game.judge(held_out.x, held_out.y) < 0).double().mean().item()
    assert found["errors_at_real"] == [expected] * 2
    np.save(tmp_path / "others.npy", noise(60, 8, 8))
    words = [str(runs / "shades"), str(twin), "--n", "60", "--against", str(tmp_path / "others.npy")]
    assert cli.run("tournament", words) == 2
    assert "needs labels, and some samples here have none" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["letters", "survey", "shades"])
def test_every_kind_can_be_walked(runs, tmp_path, name):
    words = [str(runs / name), "--seeds", "4", "5", "--frames", "3", "--out", str(tmp_path / "walk.webp")]
    assert cli.run("walk", words) == 0
    with Image.open(tmp_path / "walk.webp") as video:
        assert video.format == "WEBP"
