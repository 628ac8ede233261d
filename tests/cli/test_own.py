"""Recipes of one's own on the command line."""

import shutil
import sys

import pytest

from own_recipes import RECIPE, write
from sparring import cli
from sparring.runs.own import loading

SMALL = ["--rounds", "2", "--batch", "4", "--device", "cpu", "--threads", "1", "--hold-out", "100"]


def forget():
    for name in [name for name in sys.modules if name.startswith(loading.PACKAGE)]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a recipe, two runs of it, and the list that these were put on."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.chdir(folder)
        write(folder)
        for seed in ("0", "1"):
            assert cli.run("train", ["./mine.py", *SMALL, "--seed", seed, "--rate", "0.1", "--out", f"run {seed}"]) == 0
    return folder


@pytest.fixture
def here(trained, tmp_path, monkeypatch, capsys):
    """A copy, to work in."""
    shutil.copytree(trained, tmp_path / "here")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "here" / "state"))
    monkeypatch.chdir(tmp_path / "here")
    forget()
    capsys.readouterr()
    return tmp_path / "here"


def test_flags_and_help_come_from_the_file(here, capsys):
    with pytest.raises(SystemExit) as exit:
        cli.run("train", ["./mine.py", "--help"])
    assert exit.value.code == 0
    out = capsys.readouterr().out
    for words in ("Points of mine.", "--rate FLOAT", "How fast. (default: 0.01)", "--rounds INT", "--out"):
        assert words in out
    assert '"rate": 0.1' in (here / "run 0" / "config.json").read_text()


def test_all_verbs_work_with_what_was_trained(here, capsys):
    assert cli.run("resume", ["run 0", "--rounds", "3"]) == 0
    assert cli.run("sample", ["run 0", "-n", "4", "--out", "made.npy"]) == 0
    words = ["run 0", "--n", "100", "--training", "100", "--measures", "precision", "--json"]
    assert cli.run("evaluate", words) == 0
    assert cli.run("walk", ["run 0", "--frames", "4"]) == 0
    assert cli.run("tournament", ["run 0", "run 1", "--n", "50"]) == 0
    assert cli.run("export", ["run 0", "--only", "onnx", "card"]) == 0
    assert cli.run("runs", ["compare", "run 0", "run 1"]) == 0
    assert cli.run("train", ["./mine.py", *SMALL, "--dry-run"]) == 0
    assert cli.run("train", ["./mine.py", "--config", "run 0", "--rounds", "1", "--out", "again"]) == 0
    assert cli.run("train", ["./mine.py", *SMALL, "--from", "run 0", "--out", "fine"]) == 0


def test_a_run_that_failed_before_its_first_checkpoint_gives_way(here, capsys):
    shutil.copytree("run 0", "failed")
    shutil.rmtree("failed/checkpoints")
    assert cli.run("train", ["./mine.py", *SMALL, "--out", "failed"]) == 2
    error = capsys.readouterr().err
    assert "stopped before its first checkpoint: remove it with `" in error
    assert "runs remove failed`" in error


def test_a_strangers_run_ends_with_the_command_that_would_do(here, capsys):
    shutil.rmtree("state")
    for verb, more in (
        ("resume", ["--rounds", "3"]),
        ("sample", []),
        ("walk", []),
        ("evaluate", []),
        ("likelihood", []),
        ("turing", []),
        ("export", []),
    ):
        assert cli.run(verb, ["run 0", *more]) == 2
        out, error = capsys.readouterr()
        command = " ".join(["sparring", verb, "'run 0'", *more, "--recipe 'run 0/recipe/mine.py'"])
        assert error.endswith(f"no sandbox. To run it, name the file: {command}\n")
        assert "Look at its copy first, 'run 0/recipe/mine.py'" in error
        assert "it was run" not in out
    assert cli.run("tournament", ["run 0", "run 1"]) == 2
    assert cli.run("sample", ["run 0", "--recipe", "./mine.py"]) == 0
    assert "RUN" in capsys.readouterr().out
    assert cli.run("sample", ["run 0", "--recipe", "run 0/recipe/mine.py"]) == 0
    assert cli.run("tournament", ["run 0", "run 1", "--n", "50", "--recipe", "./mine.py"]) == 0
    capsys.readouterr()
    assert cli.run("resume", ["run 0", "--recipe", "./mine.py"]) == 0
    assert "resume 'run 0' --recipe mine.py --rounds 4" in capsys.readouterr().out
    assert not (here / "state").exists()


def test_looking_runs_nothing(here, capsys, monkeypatch):
    """Listing, completing and the help of all verbs."""
    (here / "dcgan.py").write_text("print('it was run')")
    for verb, words in (("runs", ["list", "."]), ("completion", ["bash"]), ("train", ["--help"]), ("runs", ["list"])):
        cli.run(verb, words)
    for words in (["compare", "run 0", "run 1"], ["prune", "run 0"], ["remove", "run 0", "--yes"]):
        assert cli.run("runs", words) == 0
    out = capsys.readouterr().out
    assert "mine.py" in out
    assert "it was run" not in out
    assert not [name for name in sys.modules if name.startswith(loading.PACKAGE)]


def test_an_edited_file_does_not_take_the_place_of_its_run(here, capsys):
    write(here, helper="WIDTH = 5\n")
    assert cli.run("train", ["./mine.py", *SMALL, "--out", "run 0"]) == 2
    assert "helper.py differs from line 1 on" in capsys.readouterr().err
    assert cli.run("resume", ["run 0", "--rounds", "3", "--recipe", "./mine.py"]) == 2
    assert f"sparring train {here}/mine.py --from 'run 0'" in capsys.readouterr().err
    assert cli.run("resume", ["run 0", "--rounds", "3"]) == 0, "its copy is on the list"
    write(here)
    assert cli.run("train", ["./mine.py", *SMALL, "--out", "run 0"]) == 2
    assert "sparring resume" in capsys.readouterr().err


def test_a_name_is_no_file(here, capsys):
    assert cli.run("train", ["mine.py"]) == 2
    assert "for your own file write its path, ./mine.py" in capsys.readouterr().err
    assert cli.run("train", ["./gone.py"]) == 2
    assert "check the name" in capsys.readouterr().err


def test_an_error_in_a_recipe_shows_its_line(here, capsys, monkeypatch):
    def failing(line):
        write(here, RECIPE.replace("    phase = ", f"    {line}\n    phase = "))
        code = cli.run("train", ["./mine.py", *SMALL, "--out", "new"])
        assert not (here / "new").exists()
        return code, capsys.readouterr().err

    number = RECIPE.lstrip()[: RECIPE.index("    phase = ")].count("\n") + 1
    code, error = failing("raise ValueError('[mine]')")
    assert code == 2
    assert f'mine.py", line {number}, in build\n    raise ValueError' in error
    assert error.endswith("ValueError: [mine]\n")
    code, error = failing("undefined")
    assert code == 1
    assert error.endswith("NameError: name 'undefined' is not defined\n")
    assert "session.py" not in error
    code, error = failing("sparring.MLP(2, 'x', 2)")
    assert f'mine.py", line {number}, in build' in error
    code, error = failing("import helper2")
    assert f'mine.py", line {number}, in build\n    import helper2' in error
    assert error.endswith("ModuleNotFoundError: No module named 'helper2'\n")
    assert "pip install" not in error, "it may be a slip of the pen"
    monkeypatch.setenv("SPARRING_DEBUG", "1")
    with pytest.raises(NameError):
        failing("undefined")


def test_a_run_made_in_python_takes_a_recipe(here, capsys):
    from sparring.recipes import Config
    from sparring.runs.code import find
    from sparring.runs.recording import record

    recipe = find("./mine.py").recipe
    trainer = recipe.build(recipe.Config(rounds=2, batch=4), recipe.open_data(Config()))
    record(trainer, "by hand", progress=False)
    assert cli.run("sample", ["by hand", "-n", "4"]) == 2
    assert cli.run("sample", ["by hand", "-n", "4", "--recipe", "./mine.py"]) == 0
