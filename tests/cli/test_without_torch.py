"""What needs no torch does not wait for it: each verb in a process in which it cannot be imported."""

import importlib
import shutil

import pytest

from blocked import sparring
from sparring import cli, recipes


def below(verb):
    """What can follow a verb: a recipe, or a verb of its own."""
    module = importlib.import_module(f"sparring.cli.{verb}")
    return recipes.names() if verb == "train" else getattr(module, "VERBS", ())


HELPS = [*cli.VERBS, *(f"{verb} {name}" for verb in cli.VERBS for name in below(verb))]


@pytest.mark.parametrize("words", HELPS)
def test_help(words):
    done = sparring(*words.split(), "--help", missing=["torch"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: sparring" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"), [("--help", "usage:"), ("--version", "sparring 0"), ("data list", "penguins")]
)
def test_answers(words, said):
    done = sparring(*words.split(), missing=["torch"])
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


def test_runs(points, tmp_path):
    """Listed, compared, pruned and removed, one run after the other."""
    run = tmp_path / "run"
    shutil.copytree(points, run)
    (tmp_path / "other").symlink_to(points)
    compare = ["compare", run, tmp_path / "other", "--out", tmp_path / "compare.png"]
    for words in (["list", tmp_path], compare, ["prune", run], ["remove", run, "--yes"]):
        done = sparring("runs", *words, missing=["torch"])
        assert (done.returncode, done.stderr) == (0, ""), words
    assert tmp_path.joinpath("compare.png").exists()
    assert not run.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell, capsys):
    """Whole: the same as with torch."""
    assert cli.run("completion", [shell]) == 0
    assert sparring("completion", shell, missing=["torch"]).stdout == capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nonsense", "there is no verb 'nonsense'"),
        ("train dcgam", "did you mean 'dcgan'"),
        ("train dcgan --roundss 3", "--rounds"),
        ("train dcgan --rounds 0", "--rounds is 0"),
        ("train --rounds 3", "expected a recipe"),
        ("runs lst", "did you mean 'list'"),
        ("sample", "required"),
        ("demo --outt x", "--out"),
    ],
)
def test_wrong_options(words, said):
    done = sparring(*words.split(), missing=["torch"])
    assert done.returncode == 2
    assert said in done.stderr


def test_doctor_goes_as_far_as_it_can():
    """With nothing but the standard library, too."""
    for missing in (["torch"], ["torch", "tyro", "rich", "numpy", "PIL", "scipy", "matplotlib", "safetensors"]):
        done = sparring("doctor", missing=missing)
        assert done.returncode == 1
        assert "No module named 'torch'" in " ".join(done.stdout.split())
        assert done.stdout.count("\npackages") + done.stdout.startswith("packages") == 1
        assert not done.stderr
