"""Every file of a run, damaged in every way: right results, or one line that names the file."""

import random
import shutil
import warnings

import pytest

from same import same
from sparring import cli
from sparring.hooks import Every
from sparring.recipes.theory.ring import Config
from sparring.runs import checkpoint, files, models
from sparring.runs.session import Session


@pytest.fixture(scope="module", autouse=True)
def no_pictures():
    """What is drawn at the end decides nothing, and takes the most time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "draw", lambda self: (self.run.path / files.END).touch())
        yield


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A run that was stopped at round 8 of 10."""
    small = {"batch": 4, "width": 4, "latent": 2, "device": "cpu"}
    config = Config(rounds=10, checkpoint_every=4, hold_out=20, evaluate_every=2, **small)
    path = tmp_path_factory.mktemp("played") / "run"
    Session.create(path, "ring", config).play([Every(8, lambda trainer, costs: trainer.stop())])
    return path


def outcome(path):
    """What training gives: the newest checkpoint and both models."""
    newest = checkpoint.load(checkpoint.found(path / files.CHECKPOINTS)[-1])
    for name in [name for name in newest["hooks"] if name.startswith(("Log", "Evaluate"))]:
        del newest["hooks"][name]  # how many lines there are: fewer where some were lost
    weights = {name: dict(sorted(models.read(path, name).items())) for name in ("average", "raw")}
    return {"checkpoint": newest, "models": weights}


@pytest.fixture(scope="module")
def right(played, tmp_path_factory):
    """The same run, left alone."""
    path = shutil.copytree(played, tmp_path_factory.mktemp("right") / "run")
    Session.resume(path).play()
    return outcome(path)


def flip(file, chance):
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def zero(file, chance):
    content = bytearray(file.read_bytes())
    start = chance.randrange(len(content))
    content[start : start + 200] = bytes(len(content[start : start + 200]))
    file.write_bytes(content)


def cut(file, chance):
    content = file.read_bytes()
    file.write_bytes(content[: chance.randrange(1, len(content))])


def empty(file, chance):
    file.write_bytes(b"")


def delete(file, chance):
    shutil.rmtree(file) if file.is_dir() else file.unlink()


def folder(file, chance):
    file.unlink()
    file.mkdir()


def a_file(file, chance):
    shutil.rmtree(file)
    file.write_bytes(b"?")


MODELS = ("model/average.safetensors", "model/raw.safetensors")
WAYS = (flip, zero, cut, empty, delete, folder)
NEWEST = "checkpoints/00000008"
CASES = [
    *((name, way) for name in ("config.json", "log.jsonl", MODELS[0]) for way in WAYS),
    *((name, way) for name in ("scores.jsonl", MODELS[1], f"{NEWEST}/tree.json") for way in (flip, cut, folder)),
    *((f"{NEWEST}/{name}", flip) for name in ("tensors.safetensors", "manifest.json", "config.json")),
    *((name, way) for name in ("model", "checkpoints", NEWEST, "samples") for way in (delete, a_file)),
    ("preview.png", folder),
]  # fmt: skip
UNSEEN = {("samples", delete), (NEWEST, delete)}
"""What may be gone without a word: pictures, and a checkpoint that an older one stands in for."""


@pytest.mark.parametrize(("name", "way"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_right_results_or_one_line(played, right, tmp_path, capsys, name, way):
    path = shutil.copytree(played, tmp_path / "run")
    way(path / name, random.Random(f"{name} {way.__name__}"))
    with warnings.catch_warnings(record=True, action="always") as said:
        if name.startswith(("model", "config")):
            sample(path, tmp_path, capsys, name)
        assert cli.run("runs", ["list", str(path)]) == 0
        assert capsys.readouterr().out.count("\n") == 2
        code = cli.run("resume", [str(path)])
    error = capsys.readouterr().err
    if code:
        assert error.count("\n") == 1
        assert name in error
        assert (way, name) != (flip, "log.jsonl"), "training needs no log"
    else:
        assert same(outcome(path), right)
        words = [str(warning.message) for warning in said]
        file = str(path / NEWEST) if name.endswith("manifest.json") else str(path / name)
        assert (name, way) in UNSEEN or any(file in text for text in words)
    assert code == 0 or name == "config.json" or way in {folder, a_file}, "it could have gone on"


def sample(path, tmp_path, capsys, name):
    """It is refused with the name of the file, or not worse for the damage."""
    code = cli.run("sample", [str(path), "-n", "5", "--out", str(tmp_path / "samples.npy")])
    error = capsys.readouterr().err
    if "raw" not in name:
        assert code == 2
        assert error.count("\n") == 1
        assert name in error
