"""`sparring train`: which recipe, with which values, for how long; and what `resume` says of it."""

import json

import numpy as np
import pytest
from PIL import Image

from sparring import cli, recipes

OPTIONS = ["--rounds", "4", "--batch", "4", "--width", "2", "--latent", "4", "--device", "cpu", "--threads", "1"]


@pytest.fixture
def classes(tmp_path):
    """Six pictures each of two classes."""
    rng = np.random.default_rng(0)
    for i in range(12):
        file = tmp_path / "pictures" / "ab"[i % 2] / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(file)
    return tmp_path / "pictures"


def chosen(capsys):
    return capsys.readouterr().out.partition("Recipe: ")[2].split()[0]


def test_the_recipe_that_suits_the_data(classes, tmp_path, capsys):
    out = ["--dry-run", *OPTIONS]
    assert cli.run("train", ["--data", str(classes), *out]) == 0
    assert chosen(capsys) == "cgan"
    assert cli.run("train", [f"--data={classes}", "--labels", "none", *out]) == 0
    assert chosen(capsys) == "dcgan"
    assert cli.run("train", [str(classes / "a"), *out]) == 0
    assert chosen(capsys) == "dcgan"
    assert recipes.recommended(data="penguins") == "table"
    assert recipes.recommended(data="sines") == "rgan"
    text = tmp_path / "words.txt"
    text.write_text("one\ntwo\nfour\n" * 9)
    assert recipes.recommended(data=str(text)) == "seqgan"


def test_there_is_no_recipe_for_it(tmp_path, capsys):
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    assert cli.run("train", ["--data", str(tmp_path / "x.pdf")]) == 2
    assert "no recipe can open these data:\n  cgan, dcgan: " in capsys.readouterr().err
    assert cli.run("train", ["--data", str(tmp_path / "nowhere")]) == 2
    assert "there is no folder, file or set" in capsys.readouterr().err
    assert cli.run("train", ["--rounds", "3"]) == 2
    assert "expected a recipe or --data, got '--rounds'" in capsys.readouterr().err
    assert cli.run("train", ["dcgam", "--rounds", "3"]) == 2
    assert "there is no recipe 'dcgam': did you mean 'dcgan'?" in capsys.readouterr().err
    assert cli.run("train", ["--rounds", "3", "--data"]) == 2
    assert "--data needs a value" in capsys.readouterr().err


def test_a_config_is_read_back(classes, tmp_path, capsys):
    run, again = tmp_path / "run", tmp_path / "again"
    assert cli.run("train", ["dcgan", "--data", str(classes), "--out", str(run), "--seed", "5", *OPTIONS]) == 0
    assert cli.run("train", ["--config", str(run / "config.json"), "--out", str(again), "--seed", "6"]) == 0
    one, two = (json.loads((path / "config.json").read_bytes())["config"] for path in (run, again))
    assert {**one, "seed": 6} == two
    assert cli.run("train", ["dcgan", "--config", str(run), "--dry-run"]) == 0
    capsys.readouterr()
    assert cli.run("train", ["cgan", "--config", str(run), "--dry-run"]) == 2
    assert "is for the recipe 'dcgan', not 'cgan'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [("[]", "is not the config.json"),
     ("{", "is not the config.json"),
     ('{"recipe": "dcgan"}', "is not the config.json"),
     ('{"recipe": "dcgan", "config": {"widht": 3}}', "has no option 'widht'"),
     ('{"recipe": "x", "config": {}}', "there is no recipe 'x'"),
     ('{"recipe": "dcgan", "config": {"rounds": 0}}', "--rounds is 0")],
)  # fmt: skip
def test_a_config_that_is_none(tmp_path, capsys, content, message):
    file = tmp_path / "config.json"
    file.write_text(content)
    assert cli.run("train", ["--config", str(file), "--dry-run"]) == 2
    assert message in capsys.readouterr().err


def test_time_is_turned_into_rounds(classes, tmp_path, capsys):
    run = tmp_path / "run"
    small = OPTIONS[2:]
    assert cli.run("train", ["dcgan", "--data", str(classes), "--out", str(run), "--time", "3s", *small]) == 0
    out = capsys.readouterr().out
    assert "as many rounds as there is time for, about " in out
    about = json.loads((run / "config.json").read_bytes())
    assert about["time"] is None
    assert about["rounds"] != 2800
    assert (run / "preview.png").exists()
    assert (run / "samples" / "00000001.png").exists()


def test_a_limit_and_what_is_left(classes, tmp_path, capsys):
    run = tmp_path / "run"
    words = ["dcgan", "--data", str(classes), "--out", str(run), *OPTIONS, "--rounds", "1000000", "--time", "0.5s"]
    assert cli.run("train", words) == 0
    assert "Time is up: saved at round" in capsys.readouterr().out
    assert cli.run("resume", [str(run), "--time", "0.1s"]) == 0
    out = capsys.readouterr().out
    assert "of 1,000,000 on cpu" in out
    assert "rounds left" in out


def test_more_rounds_of_a_finished_run(classes, tmp_path, capsys):
    run = tmp_path / "run"
    assert cli.run("train", ["dcgan", "--data", str(classes), "--out", str(run), *OPTIONS]) == 0
    assert cli.run("resume", [str(run)]) == 0
    assert "--keep-rates keeps the last learning rates" in capsys.readouterr().out
    assert cli.run("resume", [str(run), "--keep-rates"]) == 2
    assert "--keep-rates is for added rounds: also give --rounds above 4" in capsys.readouterr().err
    assert cli.run("resume", [str(run), "--rounds", "6", "--keep-rates"]) == 0
    assert "2 rounds are added, at the last learning rates." in capsys.readouterr().out
    assert cli.run("resume", [str(run), "--rounds", "9"]) == 0
    assert "Schedules are stretched from 6 to 9 rounds. Learning rates that have fallen rise" in capsys.readouterr().out
    assert cli.run("resume", [str(run), "--time", "1s"]) == 0
    assert "Schedules are stretched from 9 to " in capsys.readouterr().out


def test_the_weights_of_another_run(classes, tmp_path, capsys):
    first = tmp_path / "first"
    assert cli.run("train", ["dcgan", "--data", str(classes), "--out", str(first), *OPTIONS]) == 0
    words = ["dcgan", "--data", str(classes / "a"), "--from", str(first), "--out", str(tmp_path / "second"), *OPTIONS]
    assert cli.run("train", words) == 0
    assert f"Weights from {first}, round 4: " in capsys.readouterr().out


def test_the_first_word_is_a_set_or_nothing_is_there(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.run("train", ["penguins", "--dry-run", "--rounds", "1"]) == 0
    assert chosen(capsys) == "table"
    assert cli.run("train", ["nowhere"]) == 2
    assert "There is no such folder, file or set either" in capsys.readouterr().err
    assert cli.run("train", ["./nowhere"]) == 2
    assert "there is no folder or file './nowhere': check the path" in capsys.readouterr().err


@pytest.mark.parametrize("files", [0, 1])
def test_a_folder_with_too_few_pictures(tmp_path, capsys, files):
    folder = tmp_path / "few"
    folder.mkdir()
    for i in range(files):
        Image.new("RGB", (8, 8)).save(folder / f"{i}.png")
    assert cli.run("train", [str(folder)]) == 2
    error = capsys.readouterr().err
    assert "cgan, dcgan: " in error
    assert "is a folder: expected a file of rows" in error
    assert "there is no file" not in error


def test_what_is_in_the_way_is_no_run(classes, tmp_path, capsys):
    assert cli.run("train", ["dcgan", "--data", str(classes), "--out", str(classes)]) == 2
    assert "exists and is not a run: choose another --out" in capsys.readouterr().err


def test_too_few_to_hold_some_out_says_what_to_give(tmp_path, capsys):
    pictures, run = tmp_path / "x.npy", tmp_path / "run"
    np.save(pictures, np.random.default_rng(0).integers(0, 255, (400, 8, 8), dtype=np.uint8))
    assert cli.run("train", ["dcgan", "--data", str(pictures), "--out", str(run), *OPTIONS]) == 0
    assert "to measure the run later, train with --hold-out 100." in capsys.readouterr().out
    assert cli.run("evaluate", [str(run)]) == 2
    assert "config.json --hold-out 100" in capsys.readouterr().err
    measured = [str(run), "--against", str(pictures), "--n", "100", "--training", "0", "--measures", "precision"]
    with pytest.warns(UserWarning, match=r"is the training data of .*Give examples that it was not trained on"):
        assert cli.run("evaluate", measured) == 0
    capsys.readouterr()
    assert cli.run("train", ["--config", str(run), "--hold-out", "100", "--dry-run"]) == 0
    assert "held out" not in capsys.readouterr().out


def test_one_round_is_added(classes, tmp_path, capsys):
    run = tmp_path / "run"
    assert cli.run("train", ["dcgan", "--data", str(classes), "--out", str(run), *OPTIONS]) == 0
    assert cli.run("resume", [str(run), "--rounds", "5", "--keep-rates"]) == 0
    out = capsys.readouterr().out
    assert "1 round is added, at the last learning rates." in out
    assert ": 1 round left" in out
