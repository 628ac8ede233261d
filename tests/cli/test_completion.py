import contextlib
import re
import shutil
import subprocess
from dataclasses import make_dataclass
from typing import Annotated, Literal

import pytest
import tyro

from sparring import cli, recipes
from sparring.cli import completion

CASES = [
    ("sparring ru", {"runs"}),
    ("sparring ", set(cli.VERBS)),
    ("sparring train ", set(recipes.names())),
    ("sparring train dcgan --dr", {"--dry-run"}),
    ("sparring train ring --gam", {"--gamma"}),
    ("sparring train dcgan --gam", set()),
    ("sparring runs ", {"list", "compare", "remove", "prune"}),
    ("sparring runs compare a b --o", {"--out"}),
    ("sparring runs compare --x s", {"seconds"}),
    ("sparring sample x --weights ", {"average", "raw"}),
    ("sparring likelihood x --method ", {"ais", "parzen"}),
    ("sparring figures line", {"lines-apart"}),
    ("sparring figures --fu", {"--full"}),
    ("sparring tournament a b --weights ", {"average", "raw"}),
    ("sparring turing --me", {"--merge"}),
    ("sparring completion ", {"bash", "zsh", "fish"}),
]


def script(shell, tmp_path, capsys):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert cli.run("completion", [shell]) == 0
    file = tmp_path / f"sparring.{shell}"
    file.write_text(capsys.readouterr().out)
    subprocess.run([shell, "-n", str(file)], check=True)
    return file


def ask(shell, *words):
    done = subprocess.run([shell, *words], capture_output=True, text=True, check=False)
    assert not done.stderr
    return set(done.stdout.split())


def test_bash(tmp_path, capsys):
    file = script("bash", tmp_path, capsys)
    call = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sparring; echo "${COMPREPLY[@]}"'
    for line, expected in CASES:
        assert ask("bash", "-c", call, str(file), *line.split(" ")) == expected, line
    registered = subprocess.check_output(["bash", "-c", 'source "$0"; complete -p sparring', file], text=True)
    assert registered == "complete -o bashdefault -o default -F _sparring sparring\n"


def test_fish(tmp_path, capsys):
    file = script("fish", tmp_path, capsys)
    for line, expected in CASES:
        call = f"source {file}; cd {tmp_path}; complete -C '{line}' | string replace -r '\\t.*' ''"
        assert ask("fish", "-c", call) - {file.name} == expected, line


def test_zsh(tmp_path, capsys):
    """The function alone; zsh itself then takes those that begin with what was typed."""
    file = script("zsh", tmp_path, capsys)
    call = (
        'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); emulate ksh -c _sparring; print -- "${COMPREPLY[@]}"'
    )
    for line, expected in CASES:
        found = ask("zsh", "-fc", call, str(file), *line.split(" "))
        assert {word for word in found if word.startswith(line.split(" ")[-1])} == expected, line


def test_options_of_a_dataclass_in_a_dataclass():
    """They have no prefix, as `OmitArgPrefixes` tells tyro."""
    inner = make_dataclass("Inner", [("two_words", int), ("kind", Literal["a", "b"] | None)])
    outer = make_dataclass("Outer", [("path", Annotated[str, tyro.conf.Positional]), ("inner", inner), ("flag", bool)])
    options = {"--two-words": (), "--kind": ("a", "b"), "--flag": None}
    assert completion.command(outer) == completion.Command({}, options)


@pytest.mark.parametrize("place", [place for place, at in completion.commands().items() if place and at.options])
def test_options_are_those_of_help(place, capsys):
    """Against what tyro and argparse make of the same dataclasses."""
    with contextlib.suppress(SystemExit):
        cli.main([*place.split(), "--help"])
    shown = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", re.sub(r"sparring \S+ .*", "", capsys.readouterr().out)))
    options = set(completion.commands()[place].options)
    assert {name for name in shown if not name.startswith("--no-")} - {"-h", "--help"} == options
