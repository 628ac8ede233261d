"""What listeners are told of a run, and that they cannot harm it."""

from dataclasses import replace

import pytest

from sparring.recipes.theory.ring import Config
from sparring.runs.files import read_log
from sparring.runs.news import Listener, News
from sparring.runs.session import Session

CONFIG = Config(rounds=6, batch=4, width=4, device="cpu", hold_out=8, evaluate_every=3, checkpoint_every=4)


class Keeps(Listener):
    """Keeps all that it is told."""

    def __init__(self):
        self.heard = []

    def begin(self, round):
        self.heard.append(("begin", round))

    def costs(self, line):
        self.heard.append(("costs", line["round"], line["generator/loss"]))

    def scores(self, line):
        self.heard.append(("scores", line["round"]))

    def preview(self, round, file):
        assert file.name == f"{round:08d}.png"
        self.heard.append(("preview", round))

    def saved(self, round):
        self.heard.append(("saved", round))

    def end(self, why):
        self.heard.append(("end", why))


def play(session, *listeners):
    news = News(session, listeners)
    session.play([news])
    news.close("done")
    return listeners


def rounds(keeps, what):
    return [heard[1] for heard in keeps.heard if heard[0] == what]


def test_everything_once_and_in_order(tmp_path):
    (keeps,) = play(Session.create(tmp_path / "run", "ring", CONFIG), Keeps())
    assert rounds(keeps, "costs") == [1, 2, 3, 4, 5, 6]
    assert rounds(keeps, "scores") == [3, 6]
    assert rounds(keeps, "preview") == [1, 2, 3, 4, 5, 6]
    assert rounds(keeps, "saved") == [4, 6], "the last one is saved after the last round"
    assert keeps.heard[0] == ("begin", 0)
    assert keeps.heard[-1] == ("end", "done")
    logged = [(line["round"], line["generator/loss"]) for line in read_log(tmp_path / "run" / "log.jsonl")]
    assert [heard[1:] for heard in keeps.heard if heard[0] == "costs"] == logged


def test_a_resumed_run_tells_what_is_new(tmp_path):
    path = tmp_path / "run"
    play(Session.create(path, "ring", CONFIG))
    (keeps,) = play(Session.resume(path, rounds=8), Keeps())
    assert keeps.heard[0] == ("begin", 6)
    assert rounds(keeps, "costs") == [7, 8]
    assert rounds(keeps, "saved") == [8]


class Breaks(Listener):
    """Raises whenever it is told something."""

    name = "the breaking one"

    def __init__(self):
        self.calls = 0

    def fail(self, *_):
        self.calls += 1
        raise OSError("no space\nleft")

    begin = costs = scores = preview = saved = end = fail


@pytest.mark.parametrize("kind", [Breaks, type("Later", (Breaks,), {"begin": Listener.begin})])
def test_one_that_fails_is_dropped_with_one_warning(kind, tmp_path):
    """And the run and the others go on, to the same bits."""
    breaks, keeps = kind(), Keeps()
    with pytest.warns(UserWarning, match="not used any more") as warned:
        play(Session.create(tmp_path / "run", "ring", CONFIG), breaks, keeps)
    assert [str(one.message) for one in warned] == [
        "the breaking one failed and is not used any more (OSError: no space left)"
    ]
    assert breaks.calls == 1
    assert rounds(keeps, "costs") == [1, 2, 3, 4, 5, 6]
    alone = tmp_path / "alone"
    Session.create(alone, "ring", replace(CONFIG)).play()
    for file in sorted(alone.rglob("checkpoints/*/*.safetensors")):
        assert file.read_bytes() == (tmp_path / "run" / file.relative_to(alone)).read_bytes()
    assert list(alone.rglob("checkpoints/*/*.safetensors"))


def test_nothing_is_told_of_play_that_did_not_begin(tmp_path):
    keeps = Keeps()
    News(Session.create(tmp_path / "run", "ring", CONFIG), [keeps]).close("failed")
    assert keeps.heard == []
