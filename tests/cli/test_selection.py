"""`sparring sample --best` and `--reject`: which samples of a run are kept."""

import numpy as np
import pytest
import torch

import sparring
from sparring import cli
from sparring.cli.findings import judged
from sparring.runs.run import Run
from sparring.selection import rejection


@pytest.fixture
def run(garments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return garments / "seed 0"


def logits(run, x):
    return judged(Run.open(run).game().eval(), torch.as_tensor(x).float() / 127.5 - 1)


def test_the_best_have_larger_logits(run):
    for name, options in {"all": [], "half": ["--best", "0.5"], "few": ["--best", "0.1"]}.items():
        assert cli.run("sample", [str(run), "-n", "60", "--out", f"{name}.npy", *options]) == 0
    everything, half, few = (logits(run, np.load(f"{name}.npy")) for name in ("all", "half", "few"))
    pool = logits(run, sparring.load(run).sample(1000, seed=7).add(1).mul(127.5).round())
    assert everything.mean() < half.mean() < few.mean()
    assert half.min() > pool.quantile(0.4)
    assert few.min() > pool.quantile(0.8)


def test_rejection(run):
    assert cli.run("sample", [str(run), "-n", "30", "--out", "kept.npy", "--reject"]) == 0
    sampler, game = sparring.load(run), Run.open(run).game().eval()
    expected = rejection(sampler, lambda x, _: judged(game, x)).sample(30)
    assert (np.load("kept.npy") == sampler.kind.array(expected)).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--best", "0"], "--best is 0.0; expected a share above 0 and at most 1"),
        (["--best", "0.5", "--reject"], "leave one of them out"),
    ],
)
def test_what_is_refused(run, options, said, capsys):
    assert cli.run("sample", [str(run), *options]) == 2
    assert said in capsys.readouterr().err


def test_rejection_needs_log_ratios(points, tmp_path, monkeypatch, capsys):
    """The ring is played with a relativistic loss, whose logits only compare."""
    monkeypatch.chdir(tmp_path)
    assert cli.run("sample", [str(points), "--out", "a.npy", "--reject"]) == 2
    assert "--reject needs a loss whose logits are log ratios" in capsys.readouterr().err
    assert cli.run("sample", [str(points), "-n", "5", "--out", "a.npy", "--best", "0.5"]) == 0
