import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparring import cli
from sparring.recipes.theory.ring import Config
from sparring.runs import files, scores
from sparring.runs.session import Session


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    path = tmp_path_factory.mktemp("played") / "run"
    config = Config(rounds=4, batch=4, width=4, hold_out=50, evaluate_every=2, device="cpu")
    Session.create(path, "ring", config).play()
    words = ["--n", "100", "--measures", "sliced", "precision", "--training", "0"]
    assert cli.run("evaluate", [str(path), *words]) == 0
    return path


@pytest.fixture
def run(played, tmp_path):
    return shutil.copytree(played, tmp_path / "run")


def test_what_evaluate_wrote_is_read(run):
    first, second = scores.evaluated(run)
    assert (first.figure, first.better) == ("sliced Wasserstein distance", "lower")
    assert (second.figure, second.better) == ("precision", "higher")
    assert first.low <= first.value <= first.high
    assert first.facts["number of samples"] == (100, 100)
    assert first.facts["features"].startswith("coordinates ")
    assert len(first.facts["real examples"]) == 12
    assert scores.newest(run) == first
    assert str(first) == f"sliced Wasserstein {first.interval}"


def test_an_evaluation_of_an_older_model_is_none_of_the_run(run):
    Session.resume(run, rounds=6).play()
    assert scores.evaluated(run) == []
    last = scores.newest(run)
    assert last == scores.course(run)
    assert last.figure == "sliced Wasserstein, in training"
    assert last.value == files.read_lines(run / "scores.jsonl").lines[-1]["held out/sliced Wasserstein"]


def test_without_scores_there_are_none(run):
    for name in ("evaluation.json", "scores.jsonl"):
        (run / name).unlink()
    assert scores.newest(run) is None
    assert scores.model(run.parent, "average") == ""


def test_a_score_says_how_the_recipe_uses_labels(run):
    assert [one.facts["use of labels"] for one in (scores.evaluated(run)[0], scores.course(run))] == ["none"] * 2
    about = files.read_config(run)
    for recipe, use in [("acgan", "conditional"), ("recognition", "trained with labels"), ("./my.py", "unknown")]:
        files.write_config(run, {**about, "recipe": recipe})
        assert scores.course(run).facts["use of labels"] == use


def test_clusters_are_no_labels(run):
    about = files.read_config(run)
    for found, use in ((False, "conditional"), (True, "none")):
        about["data"]["spec"]["condition"] = {"type": "Classes", "names": ["0"], "counts": [50], "found": found}
        files.write_config(run, {**about, "recipe": "cgan"})
        assert scores.course(run).facts["use of labels"] == use


def test_in_what_scores_differ(run):
    evaluation, training = scores.evaluated(run)[0], scores.course(run)
    assert scores.unlike([]) == scores.unlike([evaluation]) == scores.unlike([evaluation, evaluation]) == []
    differ = scores.unlike([evaluation, training])
    assert {"figure", "features", "real examples", "number of samples", "weights"} <= set(differ)


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b"[" * 9999, b'{"scores": [5]}', b'{"scores": []}',
                                                 b'{"scores": [{"score": {"value": "x"}}]}']))  # fmt: skip
def test_what_cannot_be_read_is_not_known(played, content):
    file = played / "evaluation.json"
    before = file.read_bytes()
    try:
        file.write_bytes(content)
        assert scores.evaluated(played) == []
    finally:
        file.write_bytes(before)
    assert json.loads(before)["model"] == scores.model(played, "average") != ""
