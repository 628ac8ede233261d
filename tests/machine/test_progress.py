from datetime import timedelta

import pytest

from sparring.machine import progress


@pytest.mark.parametrize(("done", "left"), [(1, 90), (5, 10), (10, 0), (0, 100)])
def test_the_time_left_is_that_of_the_same_speed(done, left):
    assert progress._left(10.0, done, 10) == timedelta(seconds=left)


def test_lines_say_how_far_and_how_long(monkeypatch, capsys):
    clock = iter([0.0, 5.0, 11.0, 11.0, 11.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.steps("waiting", 4000) as advance:
        advance(1000)
        advance(1000)
    assert capsys.readouterr().err == "waiting: 2,000 of 4,000, left 0:00:11\n"


def test_nobody_knows_how_long(monkeypatch, capsys):
    clock = iter([0.0, 11.0, 11.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.steps("waiting", None) as advance:
        advance(3)
    assert capsys.readouterr().err == "waiting: 3\n"
