import io
import re

from rich.console import Console

from sparring.cli.progress import Bar, Lines, progress
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
    assert re.match(r"round 2/3  [\d,]+ images/s  left 0:00:00  discriminator/loss \S+", lines[1])


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
    assert "images/s" in shown
