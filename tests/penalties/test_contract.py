"""Every penalty keeps its contract: a value for each sample, right gradients, ranks, resumption, lazy and scheduled."""

import copy
import re
from functools import partial

import pytest
import torch
from torch import nn

import discover
from evaluations import KEY, SHAPE, at, critique, discriminator, generation, generator, samples
from sparring import GAN, InMemory, Normal, Phase, Trainer, penalties
from sparring.checks import check_game
from sparring.dynamics.alternating import Alternating
from sparring.looks.panels import panels
from sparring.penalties import Lazy
from sparring.penalties.weighing import name_of
from sparring.ranks import Threads
from sparring.schedules import linear

CRITICS, GENERATORS = discover.penalties("Critique"), discover.penalties("Generation")
PENALTIES = {**CRITICS, **GENERATORS}
ACROSS = {"dragan", "PullingAway"}  # by the standard deviation of the batch, by the other samples
ALONE = {"PullingAway"}  # has nothing to say of one sample
ONE = {"interpolated", "interpolated_one_sided", "dragan"}  # want slopes of 1
ZERO = {"r1", "r2", "zero_centred"}  # want slopes of 0
KEEPING = [name for name, penalty in PENALTIES.items() if isinstance(penalty, nn.Module)]


def made(name):
    """The penalty, with averages that are not 0."""
    penalty = copy.deepcopy(PENALTIES[name])
    if isinstance(penalty, nn.Module):
        penalty.double()
        for number, buffer in enumerate(penalty.buffers()):
            buffer.fill_(0.3 + 0.2 * number)
    return penalty


def evaluation(name, n, network=None, change=1.0):
    """What the penalty looks at, of `n` samples; all but the first three times `change`."""
    x, z = samples(n, *SHAPE), KEY.normal("z", (n, 3), torch.float64)
    factor = torch.ones(n, dtype=torch.float64)
    factor[3:] = change
    if name in GENERATORS:
        return generation(network or generator(), z * factor[:, None])
    return critique(network or discriminator(), *(side * factor[:, None, None, None] for side in x))


def test_something_was_found():
    assert ONE | ZERO | {"Consistency", "LeCam"} == CRITICS.keys()
    assert GENERATORS.keys() == {"PathLength", "PullingAway"}
    assert sorted(KEEPING) == ["LeCam", "PathLength"]


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("n", [1, 7, 64])
def test_one_value_a_sample(name, n):
    value = made(name)(evaluation(name, n))
    assert value.shape == (n,)
    assert torch.isfinite(value).all()
    assert (value >= 0).all()
    assert value.any() or (n == 1 and name in ALONE), "a test of zeros would say nothing"


@pytest.mark.parametrize("name", PENALTIES)
def test_each_sample_by_itself(name):
    """The value of a sample does not depend on what the other samples are, unless that is declared here."""
    values = [made(name)(evaluation(name, 8, change=change))[:3] for change in (1.0, -2.0)]
    assert torch.allclose(*values, rtol=1e-9) == (name not in ACROSS)


@pytest.mark.parametrize("name", PENALTIES)
def test_gradient_in_the_parameters_against_finite_differences(name):
    network, penalty = generator() if name in GENERATORS else discriminator(), made(name)
    weights = [p.detach().requires_grad_() for p in network.parameters()]

    def cost(*parameters):
        return penalty(evaluation(name, 5, at(network, parameters))).mean()

    assert torch.autograd.gradcheck(cost, weights)
    slopes = torch.autograd.grad(cost(*weights), weights, allow_unused=True)
    assert any(slope is not None and slope.any() for slope in slopes)


@pytest.mark.parametrize("name", sorted(ONE | ZERO))
@pytest.mark.parametrize("n", [1, 7, 64])
def test_a_linear_critic_of_norm_1(name, n):
    """Its slope is 1 everywhere: nothing is wrong with it, or 1 where slopes should be 0."""
    direction = KEY.normal("direction", (40,), torch.float64)
    direction /= direction.norm()
    value = made(name)(critique(lambda x: x.flatten(1) @ direction, *samples(n, *SHAPE)))
    torch.testing.assert_close(value, torch.full((n,), float(name in ZERO), dtype=torch.float64), rtol=0, atol=1e-12)


def game_with(name, weight=0.5, wrap=lambda penalty: penalty):
    weights = {wrap(copy.deepcopy(PENALTIES[name])): weight}
    sides = {"regularizers": weights} if name in GENERATORS else {"penalties": weights}
    stream = InMemory(KEY.normal("data", (64, *SHAPE)))
    return GAN(generator().float(), discriminator().float(), Normal(3), **sides), {"real": stream}


@pytest.mark.parametrize("name", PENALTIES)
def test_in_a_game(name):
    """On two ranks as on one, resumed as if nothing had happened, and all else that a game keeps."""
    check_game(partial(game_with, name))


@pytest.mark.parametrize("name", CRITICS)
def test_in_a_loop_of_ones_own(name):
    value = copy.deepcopy(PENALTIES[name])(penalties.critique(discriminator().float(), *torch.randn(2, 8, *SHAPE)))
    assert value.shape == (8,)
    value.mean().backward()


@pytest.mark.parametrize("name", PENALTIES)
def test_its_curve_is_drawn_among_penalties(name):
    player, term = "generator" if name in GENERATORS else "discriminator", name_of(PENALTIES[name])
    assert re.fullmatch(r"[a-z][a-z0-9_]+", term)
    assert [panel.title for panel in panels([f"{player}/{term}"])] == [f"Penalties on the {player}"]


def trainer_of(name, rounds, **options):
    game, streams = game_with(name, **options)
    game.double()
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 1e-3) for player in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, Alternating({"discriminator": 2}), batch=8))


def alike(a, b):
    for (name, x), y in zip(a.state_dict().items(), b.state_dict().values(), strict=True):
        torch.testing.assert_close(x, y, rtol=1e-12, atol=1e-14, msg=name)


@pytest.mark.parametrize("name", KEEPING)
def test_what_is_kept_moves_on_ranks_as_on_one_and_is_resumed(name):
    whole, half, rest = (trainer_of(name, 3) for _ in range(3))
    before = copy.deepcopy(whole.game)
    whole.play()
    for (buffer, x), y in zip(whole.game.named_buffers(), before.buffers(), strict=True):
        assert not torch.equal(x, y), buffer
    rest.load_state_dict(half.play(1).state_dict())
    alike(rest.play().game, whole.game)
    both = [trainer_of(name, 3) for _ in range(2)]

    def play(ranks):
        both[ranks.index].ranks = ranks
        return both[ranks.index].play()

    for trainer in Threads.run(2, play):
        alike(trainer.game, whole.game)


def term_in_round(name, number, **options):
    """The penalty's term in some round of five; None if it is not due."""
    player, trainer = "generator" if name in GENERATORS else "discriminator", trainer_of(name, 5, **options)
    trainer.state.within = number
    return trainer.game(player, next(trainer.turns())).terms.get(name_of(PENALTIES[name]))


@pytest.mark.parametrize("name", PENALTIES)
def test_lazy_and_scheduled(name):
    """Due in every second round and then twice as heavy, by a weight that falls from 1 to 0."""
    for number in range(5):
        found = term_in_round(name, number, weight=linear(1.0, 0.0), wrap=lambda penalty: Lazy(penalty, 2))
        assert (found is None) == (number % 2 == 1)
        if found is not None:
            torch.testing.assert_close(found, 2 * (1 - number / 5) * term_in_round(name, number, weight=1.0))
