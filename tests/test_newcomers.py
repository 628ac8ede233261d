"""Mistakes of a first hour: each is refused where it is made, with what was got and what to write."""

import re

import numpy as np
import pytest
import torch

import sparring
from sparring import GAN, MLP, Alternating, InMemory, Normal, Phase, Simultaneous, Trainer, Uniform, open_data
from sparring.games.gan import tiny
from sparring.penalties import critique, interpolated, r1, r2


def phase(**wrong):
    game, streams = tiny()
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.1) for player in game.players()}
    return Phase(**{"game": game, "optimizers": optimizers, "streams": streams, "rounds": 2, "batch": 8, **wrong})


def crossed():
    game, streams = tiny()
    ours, theirs = (torch.optim.SGD(game.strategy(p).values(), 0.1) for p in game.players())
    return Phase(game, {"discriminator": theirs, "generator": ours}, streams, rounds=2)


def optimizer_class():
    return phase(optimizers={"discriminator": torch.optim.Adam})


MISTAKES = {
    "a class for the dynamics": (lambda: phase(dynamics=Simultaneous), "dynamics is the class Simultaneous; ex"),
    "a name for the dynamics": (lambda: phase(dynamics="at once"), "expected an object: write Simultaneous()"),
    "rounds as a word": (lambda: phase(rounds="10"), "rounds is '10'; expected a whole number, 0 or more"),
    "rounds below 0": (lambda: phase(rounds=-1), "rounds is -1; expected a whole number"),
    "a batch of 0": (lambda: phase(batch=0), "batch is 0; expected a whole number, 1 or more"),
    "optimizers changed over": (crossed, "it lacks 4 of them and holds 4 others: write 'discriminator': torch.optim"),
    "an optimizer's class": (optimizer_class, "the optimizer of 'discriminator' is the class Adam; expected an ob"),
    "a game for a phase": (lambda: Trainer(tiny()[0]), "a phase is a GAN; expected a Phase: write Trainer(Phase("),
    "phases in a list": (lambda: Trainer([phase()]), "a phase is a list; expected a Phase: write Trainer(*phases)"),
    "hooks for a phase": (lambda: Trainer(phase(), [print]), "a phase is a list; expected a Phase: write hooks="),
    "a hook of one argument": (lambda: Trainer(phase(), hooks=[lambda e: e]), "a hook takes (e); expected a function"),
    "steps as a number": (lambda: Alternating(5), "write Alternating({'discriminator': 5})"),
    "a size as a shape": (lambda: Normal((2,)), "the size of a latent is (2,); expected how many numbers it has"),
    "no latents": (lambda: Uniform(0), "the size of a latent is 0; expected"),
    "a function for a network": (lambda: GAN(lambda z: z, MLP(2, 1), Normal(2)), "the generator is a function; exp"),
    "a class for a network": (lambda: GAN(MLP(2, 2), MLP, Normal(2)), "write discriminator=MLP(...)"),
    "a bound for a projection": (lambda: GAN(MLP(2, 2), MLP(2, 1), Normal(2), project=0.01), "projections.Clip(0.01)"),
    "labels apart": (lambda: open_data(torch.zeros(4, 2), torch.zeros(4)), "for labels write open_data((x, y))"),
    "an array": (lambda: InMemory(np.zeros((4, 2))), "write sparring.open_data(x)"),
    "a game to record": (lambda: sparring.record(tiny()[0], "x"), "trainer is a GAN; expected a Trainer: write record"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_where_it_is_made(mistake):
    make, message = MISTAKES[mistake]
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        make()


def test_a_function_of_two_arguments_or_any_is_a_hook():
    assert len(Trainer(phase(), hooks=[lambda trainer, costs: None, lambda *a: None, print]).hooks) == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sampler": tiny()[0]}, "sampler is a GAN; expected a Sampler: write sampler=game.sampler()"),
        ({"sampler": GAN(MLP(3, 4, 2), MLP(2, 1), Normal(3)).sampler()}, "is from another game than the sampler given"),
        ({"sampler": tiny()[0].sampler(), "weights": "best"}, "weights is 'best'; expected one of 'average', 'raw'"),
    ],
)
def test_what_does_not_fit_a_run_is_told_from_lost_files(tmp_path, given, message):
    sparring.record(Trainer(phase()), tmp_path / "run", progress=False)
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        sparring.load(tmp_path / "run", **given)


@pytest.mark.parametrize("penalty", [r1, r2, interpolated])
def test_penalties_in_a_loop_of_ones_own(penalty):
    direction = torch.tensor([[3.0, 4.0]], requires_grad=True)
    value = penalty(critique(lambda x: (x @ direction.T).flatten(), torch.randn(6, 2), torch.randn(6, 2)))
    torch.testing.assert_close(value, torch.full((6,), 16.0 if penalty is interpolated else 25.0))
    value.mean().backward()
    assert direction.grad.norm() > 0
