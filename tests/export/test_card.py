import json
import re

import numpy as np
import pytest

from sparring.export.card import card
from sparring.runs.scores import model

HOSTILE = "<script>alert(1)</script> | [x](javascript:y) `z`\n# heading"

SCORE = {
    "metric": "Fréchet distance", "value": 6.5, "low": 5.25, "high": 7.75, "generated": 1000, "real": 1000,
    "data": "/home/me/secret/photos, abc", "seed": 1, "weights": "average", "extractor": {"name": "pixels"},
    "better": "lower", "size": [28, 28], "changed": "",
}  # fmt: skip
MEASURED = {
    "verdict": {"outcome": "far", "words": "Far from real ones.", "doubts": ["Pixels mislead."]},
    "scores": [{"score": SCORE, "floor": {**SCORE, "value": 1.5}}],
    "memorisation": {"share": 0.5, "interval": [0.4, 0.6], "expected": 0.45, "copies": False},
}


@pytest.fixture
def measured(run):
    """Stores scores in the run, as `sparring evaluate` would."""
    file = run("dcgan") / "evaluation.json"

    def store(content):
        file.write_text(json.dumps({"model": model(run("dcgan"), "average"), **content} if content else content))

    yield store
    file.unlink(missing_ok=True)


def test_the_head_is_what_the_hub_reads(subject):
    text = card(subject("dcgan", title=HOSTILE))
    _, head, body = text.split("---\n", 2)
    values = {name: json.loads(value) for name, _, value in (line.partition(": ") for line in head.splitlines())}
    assert values["library_name"] == "sparring"
    assert values["tags"] == ["gan", "dcgan", "pictures"]
    assert values["model_name"] == HOSTILE.replace("\n", "\\n")
    assert body.startswith("\n# ")
    assert "A generator of pictures of 28 x 28 pixels, grey, made with sparring." in body


def test_what_people_wrote_is_no_markup(subject):
    _, _, body = card(subject("dcgan", title=HOSTILE, licence=HOSTILE)).split("---\n", 2)
    assert not re.search(r"(?<!\\)<", body)
    assert not re.search(r"(?<!\\)\]\(", body)
    assert "\n# heading" not in body
    assert r"\<script\>" in body


@pytest.mark.parametrize("recipe", ["dcgan", "cgan"])
def test_the_code_in_it_runs(recipe, exported, tmp_path, monkeypatch):
    chosen, content = exported(recipe)
    (code,) = re.findall(r"```python\n(.*?)```", card(chosen), re.DOTALL)
    (tmp_path / "generator.onnx").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["samples"].shape == (16, 1, 28, 28)
    assert np.isfinite(names["samples"]).all()


def test_scores_are_those_that_were_stored(subject, measured):
    measured(MEASURED)
    text = card(subject("dcgan"))
    assert "| Fréchet distance | 6.5 | 5.25 to 7.75 | 1.5 | lower |" in text
    assert r"1,000 generated against 1,000 real examples \(photos, abc\); size: 28 x 28; features: pixels" in text
    assert "Far from real ones." in text
    assert "Pixels mislead." in text
    assert "No sign of copies" in text
    assert "secret" not in text


def test_copies_are_said(subject, measured):
    measured({**MEASURED, "memorisation": {**MEASURED["memorisation"], "interval": [0.5, 0.7], "copies": True}})
    assert "It COPIES its training examples." in card(subject("dcgan"))


@pytest.mark.parametrize("content", [{}, [], {"scores": []}, {"scores": [{"score": {}}]}, {"scores": 3}])
def test_nothing_is_made_up_where_nothing_was_measured(content, subject, measured):
    measured(content)
    text = card(subject("dcgan"))
    assert "This generator has no scores yet. To measure it: sparring evaluate dcgan" in text
    assert "Nothing was searched for copies" in text
    assert "| value |" not in text


def test_scores_of_other_weights_or_of_an_earlier_state_are_left_out(subject, measured):
    measured(MEASURED)
    assert r"To measure these: sparring evaluate dcgan --weights raw" in card(subject("dcgan", weights="raw"))
    measured({**MEASURED, "model": "another"})
    text = card(subject("dcgan"))
    assert "older than these weights" in text
    assert "6.5" not in text


def test_true_limits(subject):
    text = card(subject("ring"))
    assert "It makes points of 2 numbers, and of no other size." in text
    assert "trained on 100,000 examples" in text
    assert "none needed: computed by sparring" in text
