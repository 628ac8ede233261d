"""A SeqGAN from the command line: trained, killed in both phases, resumed, sampled, evaluated."""

import json
import signal
import subprocess
import sys
import time

import pytest
import torch

import sparring
from same import same
from sparring import cli
from sparring.data.sequences import read
from sparring.recipes import recommended
from sparring.recipes.text.seqgan import CHAIN, LSTM, Config, build, chain, kind, lstm, open_data
from sparring.runs import checkpoint, files

LINES = ["the cat sat", "a dog ran", "the dog sat", "a cat ran off", "it ran"]


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"{line}\n" for line in LINES * 80), encoding="utf-8")
    return path


def options(lines, rounds, first):
    words = ["--data", lines, "--rounds", rounds, "--likelihood", first / rounds, "--alone", 5 / (rounds - first)]
    words += [
        "--batch",
        4,
        "--width",
        4,
        "--rollouts",
        2,
        "--checkpoint-every",
        10,
        "--half-life",
        1,
        "--device",
        "cpu",
    ]
    return list(map(str, words))


def ended(path):
    """The bits of the end; the log has a line every so many rounds of all, so that it differs."""
    [last] = sorted((path / "checkpoints").iterdir())[-1:]
    found = checkpoint.load(last)
    parts = [found[name] for name in ("state", "games", "optimizers", "sources", "dynamics")]
    return [*parts, (path / "model" / "average.safetensors").read_bytes()]


def test_killed_in_the_second_phase_it_ends_bit_identical(tmp_path, lines):
    """Its first phase ended, it is killed in the second, and then ends sooner than was planned."""
    killed = tmp_path / "killed"
    command = [sys.executable, "-m", "sparring", "train", "seqgan", *options(lines, 1000, 30), "--out", str(killed)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(killed.glob("checkpoints/*[5-9]0")):
        time.sleep(0.005)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed: make it longer"
    at = checkpoint.load(checkpoint.latest(killed / "checkpoints"))["state"]["round"]
    assert 40 < at < 1000
    about = files.read_config(killed)
    shorter = {"rounds": at + 5, "likelihood": 30 / (at + 5), "alone": 5 / (at - 25)}
    files.write_config(killed, {**about, "config": {**about["config"], **shorter}})
    assert cli.run("resume", [str(killed)]) == 0
    assert cli.run("train", ["seqgan", *options(lines, at + 5, 30), "--out", str(tmp_path / "whole")]) == 0
    assert same(ended(killed), ended(tmp_path / "whole"))


def test_sampled_evaluated_and_its_likelihood_is_exact(tmp_path, lines, capsys):
    run, out = str(tmp_path / "run"), tmp_path / "made"
    words = ["--hold-out", "200", "--evaluate-every", "5", *options(lines, 10, 5), "--words"]
    assert cli.run("train", ["seqgan", *words, "--out", run]) == 0
    assert cli.run("sample", [run, "-n", "6", "--out", str(out)]) == 0
    known = set(" ".join(LINES).split())
    made = (out / "sequences.txt").read_text(encoding="utf-8").split("\n")
    assert len(made) == 7
    assert set(" ".join(made).split()) <= known
    cold = [run, "-n", "6", "--temperature", "1e-6", "--out", str(tmp_path / "cold.txt")]
    assert cli.run("sample", cold) == 0
    assert len(set((tmp_path / "cold.txt").read_text(encoding="utf-8").split("\n")[:-1])) == 1, "the likeliest one"
    assert cli.run("sample", [*cold[:-1], str(tmp_path / "0.txt"), "--temperature", "0"]) != 0
    capsys.readouterr()
    assert cli.run("evaluate", [run, "--n", "100", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert cli.run("likelihood", [run, "--pictures", "10", "--against", str(lines), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["method"] == "exact"
    sampler, x = sparring.load(run), read(lines, words=True).x
    each = {round(v, 3) for v in sampler.log_likelihood(x.unique(dim=0)).tolist()}
    assert {round(v, 3) for v in result["values"]} <= each


def test_what_a_file_is_called_means_the_same_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Config(data="lines.txt").data == str(tmp_path / "lines.txt")
    assert Config().data == CHAIN
    assert Config(data=LSTM).data == LSTM


def test_the_first_phase_learns_the_chain():
    """Far from the chain's entropy at first, nearer after some rounds; nobody can be below it on fresh sequences."""
    config = Config(rounds=150, likelihood=1.0, device="cpu")
    data = open_data(config)
    fresh = data.main.fresh().x[:1000]
    trainer = build(config, data)
    before, _, after = (-trainer.game.sampler().log_likelihood(fresh).mean().item(), trainer.play(),
                        -trainer.game.sampler().log_likelihood(fresh).mean().item())  # fmt: skip
    floor = chain().entropy(10)
    assert before > 45
    assert floor < after < 37
    assert not torch.equal(fresh[:100], data.main.x[:100])


def test_both_phases_on_the_random_lstm():
    """Its sequences are so many and so long; those that nobody trains on are others."""
    config = Config(data=LSTM, cell="lstm", rounds=4, likelihood=0.5, rollouts=1, batch=2, device="cpu")
    data = open_data(config)
    assert data.kind == kind(LSTM)
    assert data.main.x.shape == (10_000, 10)
    assert data.main.x.max() == 499
    fresh = data.main.fresh().x
    assert torch.equal(fresh[:50], lstm().sample(50, seed=1))
    assert not torch.equal(fresh, data.main.x)
    trainer = build(config, data)
    before = [p.clone() for p in trainer.game.generator.parameters()]
    trainer.play()
    assert trainer.state.round == 4
    assert not any(torch.equal(p, q) for p, q in zip(before, trainer.game.generator.parameters(), strict=True))


@pytest.mark.parametrize("recipe", ["seqgan", "gumbel", "embeddings"])
def test_sets_that_have_names_train_and_are_written(recipe, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "sets" / "smiles"
    folder.mkdir(parents=True)
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path))
    folder.joinpath("molecules.txt").write_text("CCO\nC1CC1\nCCCl\n" * 9 + "CCCCCCCCCCCC\n")
    folder.joinpath("fresh.txt").write_text("OCCC\nCC\n")
    run = str(tmp_path / "run")
    words = [recipe, "--data", "smiles", "--longest", "8", "--rounds", "4", "--batch", "4", "--width", "4"]
    assert cli.run("train", [*words, "--out", run]) == 0
    assert "1 of 28 are longer than 8 tokens" in capsys.readouterr().out
    assert cli.run("sample", [run, "-n", "3"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 3
    assert recommended(data="smiles") == "seqgan"
