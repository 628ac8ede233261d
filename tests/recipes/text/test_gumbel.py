"""GANs of sequences by Gumbel-softmax and of word embeddings, from the command line."""

import json

import pytest

from sparring import Key, cli, load
from sparring.data.sequences import read
from sparring.recipes.text import embeddings, gumbel

LINES = ["the cat sat", "a dog ran", "the dog sat", "a cat ran off", "it ran"]
SMALL = ["--words", "--rounds", "4", "--batch", "4", "--width", "4", "--device", "cpu"]


@pytest.mark.parametrize(
    "words", [["gumbel", "--adversarial", "0.5"], ["gumbel", "--estimator", "soft"], ["embeddings", "--learnt"]]
)
def test_trained_and_sampled(tmp_path, words, capsys):
    lines, run, out = tmp_path / "lines.txt", str(tmp_path / "run"), tmp_path / "made"
    lines.write_text("".join(f"{line}\n" for line in LINES * 8), encoding="utf-8")
    assert cli.run("train", [*words, *SMALL, "--data", str(lines), "--out", run]) == 0
    assert cli.run("sample", [run, "-n", "6", "--out", str(out)]) == 0
    made = (out / "sequences.txt").read_text(encoding="utf-8")
    assert made.count("\n") == 6
    assert set(made.split()) <= set(" ".join(LINES).split())
    sampler, x = load(run), read(lines, words=True).x
    known = sampler.log_likelihood(x)
    assert (known is None) == (words[0] == "embeddings")
    capsys.readouterr()
    if known is not None:
        assert cli.run("likelihood", [run, "--pictures", "10", "--against", str(lines), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["method"] == "exact"


def test_the_first_phase_has_maximum_likelihood_and_the_second_a_discriminator():
    config = gumbel.Config(rounds=4, adversarial=0.5, width=4, batch=4, device="cpu")
    trainer = gumbel.build(config, gumbel.open_data(config))
    assert [phase.rounds for phase in trainer.phases] == [2, 2]
    assert [list(phase.game.players()) for phase in trainer.phases] == [["generator"], ["discriminator", "generator"]]
    writer, other = (phase.game.sampler().generator for phase in trainer.phases)
    assert writer is other


def test_the_estimator_is_that_of_the_option():
    for estimator, single in (("straight-through", True), ("soft", False)):
        config = gumbel.Config(estimator=estimator, width=4, device="cpu")
        game = gumbel.game(config, gumbel.open_data(config).spec)
        rows = game.generator(game.latent(Key(0).rows(3)))
        assert bool(((rows == 0) | (rows == 1)).all()) == single


def test_other_data_are_refused():
    with pytest.raises(TypeError, match="expected sequences of tokens"):
        embeddings.game(embeddings.Config(device="cpu"), _Pictures())


class _Pictures:
    class kind:
        name = "pictures"
