import io
import json
import math
import re

import pytest
from rich.console import Console

from sparring import cli
from sparring.cli.progress import Bar, Lines, _finite, progress
from sparring.runs.writers import Log
from test_hooks import trainer_of


def test_lines_elsewhere_a_bar_on_a_terminal(tmp_path):
    log = Log(tmp_path / "log.jsonl", 1)
    assert isinstance(progress(log, Console(file=io.StringIO())), Lines)
    assert isinstance(progress(log, Console(file=io.StringIO(), force_terminal=True)), Bar)


def test_lines(tmp_path):
    console = Console(file=io.StringIO(), soft_wrap=True)
    log = Log(tmp_path / "log.jsonl", 1)
    trainer_of([log, Lines(log, console, seconds=0.0)], 3).play()
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 3
    assert re.match(r"round 2/3  [\d,]+ examples/s  left 0:00:00  discriminator/loss \S+", lines[1])


def test_a_time_limit_shortens_the_time_left(tmp_path):
    console = Console(file=io.StringIO(), soft_wrap=True)
    log = Log(tmp_path / "log.jsonl", 1)
    trainer_of([log, Lines(log, console, limit=1000.4, seconds=0.0)], 10**9).play(1)
    assert "left 0:16:" in console.file.getvalue()


def test_bar(tmp_path):
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    trainer_of([Bar(console)], 3).play()
    shown = console.file.getvalue()
    assert "3/3" in shown
    assert "examples/s" in shown


RING = ["--batch", "4", "--width", "4", "--device", "cpu"]


def events(capsys):
    """What was printed: nothing but lines of JSON, without infinities."""
    refuse = pytest.fail
    return [json.loads(line, parse_constant=refuse) for line in capsys.readouterr().out.splitlines()]


def test_json_lines(tmp_path, capsys):
    run = tmp_path / "run"
    train = ["ring", "--out", str(run), "--rounds", "6", "--hold-out", "8", *RING, "--json"]
    assert cli.run("train", train) == 0
    told = events(capsys)
    assert {event["event"] for event in told} == {"start", "progress", "preview", "score", "saved", "end"}
    assert all(event["rounds"] == 6 for event in told)
    start, end = told[0], told[-1]
    assert start | {"examples": 0} == {
        "event": "start", "round": 0, "rounds": 6, "recipe": "ring", "run": str(run), "device": "cpu", "seed": 0,
        "batch": 4, "examples": 0,
    }  # fmt: skip
    assert end == {"event": "end", "round": 6, "rounds": 6, "complete": True, "why": "done"}
    progress = next(event for event in told if event["event"] == "progress")
    assert {"generator/loss", "discriminator/loss"} <= progress["costs"].keys()
    assert {"images", "seconds", "images_per_second", "seconds_left"} <= progress.keys()
    score = next(event for event in told if event["event"] == "score")
    assert all(isinstance(value, float) for value in score["scores"].values())
    previews = [event["file"] for event in told if event["event"] == "preview"]
    assert previews[-1] == str(run / "samples" / "00000006.png")
    assert [event["round"] for event in told if event["event"] == "saved"][-1] == 6
    assert cli.run("resume", [str(run), "--json"]) == 0
    assert events(capsys) == [end], "there is nothing left to play"


def test_json_says_why_it_ended(tmp_path, capsys):
    train = ["ring", "--out", str(tmp_path / "run"), "--rounds", "1000000", "--time", "0.3s", *RING, "--json"]
    assert cli.run("train", train) == 0
    end = events(capsys)[-1]
    assert (end["event"], end["complete"], end["why"]) == ("end", False, "time")


def test_json_of_an_estimate_is_refused(capsys):
    assert cli.run("train", ["ring", "--json", "--dry-run"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "--json prints the progress of training" in printed.err


def test_no_number_is_null():
    assert _finite({"a": math.nan, "b": {"c": math.inf, "d": 1.5}, "e": 2}) == {
        "a": None,
        "b": {"c": None, "d": 1.5},
        "e": 2,
    }
