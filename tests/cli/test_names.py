"""Names of files are text: whole, quoted in commands, never markup, and a terminal obeys none of them."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import sparring
from sparring import cli

ODD = ["x[lr=1e-3]", "y[/z]", "my run", ":smile:", "it's", "a\nb", "\x1b[31mred", os.fsdecode(b"caf\xe9"), "[b]$x$"]

SOURCE = Path(sparring.__file__).parent
RING = ["--batch", "8", "--width", "4", "--device", "cpu", "--threads", "1"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run that can be copied, half played."""
    path = tmp_path_factory.mktemp("odd") / "run"
    assert cli.run("train", ["ring", "--rounds", "3", *RING, "--out", str(path)]) == 0
    return path


def said(capsys, code=0):
    """What was printed, after a look at it."""
    out, err = capsys.readouterr()
    text = out + err
    assert "Traceback" not in text
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    return text


def resumed(text):
    """The run in a printed command that resumes one, as a shell reads it."""
    (word,) = re.findall("sparring resume (.*?)(?: --rounds|`, or)", text)
    return os.fsdecode(subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True).stdout)


@pytest.mark.parametrize("name", ODD)
def test_a_run_of_any_name(name, trained, tmp_path, monkeypatch, capsys):
    """What is printed is in one piece, and the command that is printed can be given to a shell."""
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    shutil.copytree(trained, name)
    capsys.readouterr()
    assert cli.run("resume", [name]) == 0
    assert resumed(said(capsys)) == name
    assert cli.run("runs", ["list", str(Path(name).parent)]) == 0
    said(capsys)
    assert cli.run("sample", [name, "-n", "2", "--out", f"{name}.png"]) == 0
    said(capsys)
    assert cli.run("train", ["ring", "--rounds", "1", *RING, "--out", name]) == 2
    assert resumed(said(capsys)) == name


def test_all_verbs_with_an_odd_name(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"a b\x1b[31m[b]\n:smile:[x] \xe9")
    shutil.copytree(trained, name)
    shutil.copytree(trained, "other")
    for verb, *words in (
        ["resume", name, "--rounds", "5"],
        ["resume", name, "--dry-run"],
        ["evaluate", name, "--n", "100", "--measures", "sliced"],
        ["walk", name, "--frames", "2", "--seconds", "1", "-n", "4", "--seeds", "1", "2", "--out", f"{name}.gif"],
        ["sample", name, "-n", "2", "--out", f"{name}.zip"],
        ["export", name, "--licence", name],
        ["runs", "compare", name, "other"],
        ["runs", "prune", name],
        ["train", "ring", "--rounds", "2", *RING, "--out", f"{name} 2"],
        ["runs", "remove", name, "--yes"],
    ):
        assert cli.run(verb, words) == 0, capsys.readouterr().err
        said(capsys)
    assert not Path(name).exists(), "nothing there was anybody else's"
    assert cli.run("resume", [name]) == 2
    assert said(capsys).count("\n") == 1


@pytest.mark.parametrize("word", ["\x1b[31m", "--\x1b[31m", "--rounds=\x1b[31m", "\u202e\r\x9b"])
def test_wrong_words_are_told_and_not_obeyed(word, capsys):
    with pytest.raises(SystemExit):
        cli.run("resume", ["run", "--wrong", word])
    assert "--wrong" in said(capsys)


def test_a_cache_of_any_name(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "\x1b[31m\r"))
    assert cli.run("data", ["cache"]) == 0
    assert r"\x1b[31m\r" in said(capsys)


def test_options_are_not_taken_for_paths(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "-run")
    capsys.readouterr()
    assert cli.run("resume", ["./-run"]) == 0
    assert resumed(said(capsys)) == "./-run"


def calls():
    """Every call in the package, with the module it is in."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                yield str(file.relative_to(SOURCE)), node


def test_consoles_are_made_in_one_place():
    """There markup is off; `console.print(name)` anywhere is then safe."""
    made = [(module, ast.unparse(call.func)) for module, call in calls()]
    assert {module for module, name in made if name.split(".")[-1] == "Console"} == {"machine/console.py"}
    assert not [name for _, name in made if name in {"rich.print", "rich.get_console", "Text.from_markup"}]
    imported = {line.strip() for file in SOURCE.rglob("*.py") for line in file.read_text().splitlines()}
    assert "from rich import print" not in imported


def test_columns_of_progress_read_no_markup():
    """They do so by themselves, whatever the console says."""
    columns = [call for _, call in calls() if ast.unparse(call.func) == "TextColumn"]
    assert columns
    for call in columns:
        assert "markup=False" in [ast.unparse(keyword) for keyword in call.keywords]


def test_printed_commands_are_quoted():
    """A command with something put into it is made by `words.command`, which quotes; names of sets need no quotes."""
    texts = [
        (file.name, "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.JoinedStr)
    ]
    verbs = "|".join(cli.VERBS.keys() - {"data", "train"})  # which names of sets and recipes follow
    assert not [found for found in texts if re.search(rf"\bsparring ({verbs}) {{}}", found[1])]
