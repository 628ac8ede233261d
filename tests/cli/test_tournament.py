import json
import shutil

import pytest
import torch

from made import folder
from sparring import cli
from sparring.data.embedded import fashion_mnist
from sparring.runs.files import read_config, write_config
from sparring.runs.run import Run
from sparring.runs.session import Session
from sparring.trainer import Phase, Trainer


def snapshot(path):
    return {file: (file.stat().st_mtime_ns, file.is_file() and file.read_bytes()) for file in path.rglob("*")}


def test_two_runs(garments, capsys):
    before = snapshot(garments)
    first, second = (str(garments / f"seed {seed}") for seed in (0, 1))
    assert cli.run("tournament", [first, second, "--n", "50", "--json"]) == 0
    here = json.loads(capsys.readouterr().out)
    assert cli.run("tournament", [second, first, "--n", "50", "--json"]) == 0
    there = json.loads(capsys.readouterr().out)
    assert here["errors_at_real"] == there["errors_at_real"][::-1]
    assert here["errors_at_samples"] == [row[::-1] for row in there["errors_at_samples"][::-1]]
    assert here["matches"][0]["winner"] == there["matches"][0]["winner"]
    assert snapshot(garments) == before, "runs are looked at and not touched"


def test_errors_are_those_of_a_resumed_run(garments, tmp_path, capsys):
    """The same numbers from a trainer that has loaded everything, in other batches: they do not matter."""
    paths = [garments / f"seed {seed}" for seed in (0, 1)]
    assert cli.run("tournament", [*map(str, paths), "--n", "1000", "--weights", "raw", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    real = fashion_mnist("held_out").examples(torch.arange(1000))  # all of them, in any order
    for i, path in enumerate(paths):
        copy = shutil.copytree(path, tmp_path / path.name)
        game = Session.resume(copy).trainer.game.eval()
        with torch.no_grad():
            at_real = torch.cat([game.discriminator(x) for x in real.split(30)])
            other = (
                Session.resume(shutil.copytree(paths[1 - i], tmp_path / f"other {i}"))
                .trainer.game.sampler()
                .settled()
                .sample(1000)
            )
            at_other = torch.cat([game.discriminator(x) for x in other.split(30)])
        assert found["errors_at_real"][i] == pytest.approx((at_real < 0).double().mean().item(), abs=2e-3)
        assert found["errors_at_samples"][i][1 - i] == pytest.approx((at_other > 0).double().mean().item(), abs=2e-3)


def test_a_table(garments, tmp_path, capsys):
    third = shutil.copytree(garments / "seed 1", tmp_path / "third")
    words = [str(garments / "seed 0"), str(garments / "seed 1"), str(third), "--n", "20"]
    assert cli.run("tournament", words) == 0
    out = capsys.readouterr().out
    for number, path in enumerate(words[:3], 1):
        assert f"{number}  {path}" in out
    lines = {line[:5]: line.split() for line in out.splitlines()}
    assert lines["1 : 2"][3:5] == lines["1 : 3"][3:5]
    assert lines["2 : 3"][3:] == ["1.000", "1.000", "tie"], "against itself"


def test_against(garments, tmp_path, capsys):
    folder(tmp_path / "photos", count=6, shape=(30, 40, 3))
    runs = [str(garments / f"seed {seed}") for seed in (0, 1)]
    assert cli.run("tournament", [*runs, "--against", str(tmp_path / "photos"), "--n", "6"]) == 0
    capsys.readouterr()
    assert cli.run("tournament", [*runs, "--against", str(tmp_path / "photos"), "--n", "7"]) == 2
    assert "there are only 6 examples; 7 are needed: give a smaller --n" in capsys.readouterr().err


def test_no_data_and_no_directory_are_needed_to_look_at_a_game(garments, tmp_path):
    """What was trained on may be gone."""
    path = shutil.copytree(garments / "seed 0", tmp_path / "moved")
    content = read_config(path)
    content["config"]["data"] = str(tmp_path / "gone")
    write_config(path, content)
    game, same = Run.open(path).game(), Run.open(garments / "seed 0").game()
    for name, tensor in same.state_dict().items():
        assert torch.equal(game.state_dict()[name], tensor)


def test_mistakes_are_explained(garments, points, tmp_path, capsys):
    first, second = (str(garments / f"seed {seed}") for seed in (0, 1))
    elsewhere = shutil.copytree(garments / "seed 0", tmp_path / "elsewhere")
    content = read_config(elsewhere)
    content["config"] |= {"data": "mnist", "hold_out": 0}
    write_config(elsewhere, content)
    empty = shutil.copytree(garments / "seed 0", tmp_path / "empty", ignore=shutil.ignore_patterns("checkpoints"))
    ring = str(shutil.copytree(points, tmp_path / "ring"))
    for words, message in [
        ([first], "got 1 run; expected two or more different ones"),
        ([first, first], "got 1 run; expected two or more"),
        ([first, second, "--n", "0"], "--n is 0; expected 1 or more"),
        ([first, str(tmp_path)], "is not a run"),
        ([first, str(points)], "makes samples of shape [1, 28, 28], "),
        ([ring, str(points)], "has a discriminator that only compares samples"),
        ([first, str(elsewhere)], "was trained on all of mnist. Give other examples of the same kind: --against DATA"),
        ([first, str(empty)], "has no checkpoint yet"),
    ]:
        assert cli.run("tournament", words) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


def test_tensors_of_another_game():
    from sparring.games.gan import tiny

    trainer = Trainer(Phase(tiny()[0], {}, {}, rounds=0))
    with pytest.raises(ValueError, match="from another game"):
        trainer.load_games({"x": torch.zeros(1)})
