import re

import pytest
import torch
from torch import nn

from sparring import Alternating, Cost, Game, InMemory, Key, Phase, Player, Trainer
from sparring.games import gan
from sparring.hooks import Average, Every, GradientCheck, LearningRate, TimeLimit
from sparring.samplers import Sampler


class Fixed(Sampler):
    """A sampler with one float, one buffer and one counter, which a test sets as it likes."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))
        self.register_buffer("mean", torch.zeros(2))
        self.register_buffer("count", torch.tensor(0))

    def sample(self, n, *, seed=0):
        return torch.zeros(n, 2)


def trainer_of(hooks, rounds, batch=16):
    game, streams = gan.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, batch=batch), hooks=hooks)


def test_average_by_hand():
    """Weight .5 ** (batch / half-life), the half-life no longer than `ramp` of the images so far."""
    live = Fixed()
    average = Average(live, half_life=40, ramp=0.5)
    expected, seen = torch.zeros(3), []

    def change(trainer, costs):
        nonlocal expected
        with torch.no_grad():
            live.weight.fill_(float(trainer.state.round))
            live.mean.fill_(float(trainer.state.round))
            live.count.fill_(trainer.state.round)
        decay = 0.5 ** (16 / min(40, 0.5 * 16 * trainer.state.round))
        expected = decay * expected + (1 - decay) * trainer.state.round

    def look(trainer, costs):
        torch.testing.assert_close(average.sampler.weight.detach(), expected)
        assert torch.equal(average.sampler.mean, live.mean), "no statistic of a norm: copied"
        seen.append(int(average.sampler.count))

    trainer_of([Every(1, change), average, Every(1, look)], 9).play()
    assert seen == list(range(1, 10))


def test_average_does_not_touch_the_live_one():
    live = Fixed()
    average = Average(live, half_life=40)
    trainer_of([average], 2).play()
    assert average.sampler.weight is not live.weight
    assert live.weight.requires_grad
    assert not average.sampler.weight.requires_grad


class Squares(Game):
    def __init__(self, cost):
        super().__init__()
        self.a, self.make = nn.Linear(2, 2), cost

    def players(self):
        return {"a": Player((self.a,), lambda turn: self.make(self.a, turn.stream("x").x))}


def play(cost, rounds):
    game = Squares(cost)
    optimizers = {"a": torch.optim.SGD(game.a.parameters(), 0.01)}
    return Trainer(Phase(game, optimizers, {"x": InMemory(Key(0).normal("x", (64, 2)))}, rounds)).play()


def test_a_parameter_without_a_gradient_stops_the_run():
    with pytest.raises(
        RuntimeError, match=r"'a\.bias' has no gradient in move 2 of 'a', whose cost does not depend on it"
    ):
        play(lambda a, x: Cost({"y": (x @ a.weight).square().mean()}), 2)


def test_a_gradient_that_stays_zero_is_a_warning():
    dead = lambda a, x: Cost({"y": (x @ a.weight).square().mean() + 0 * a.bias.sum()})  # noqa: E731
    with pytest.warns(UserWarning, match=r"exactly zero in all of the first 20 moves for \['a\.bias'\]"):
        play(dead, 20)
    play(dead, 19)  # not yet


def test_a_gradient_that_wakes_up_is_none():
    calls = []

    def late(a, x):
        calls.append(1)
        return Cost({"y": (x @ a.weight).square().mean() + (len(calls) > 5) * a.bias.sum()})

    assert play(late, 25).state.round == 25  # and no warning, which would be an error


def test_the_gradient_check_is_always_there():
    assert isinstance(trainer_of([], 1).hooks[0], GradientCheck)


def test_learning_rates_of_nobody_are_refused():
    with pytest.raises(
        ValueError, match=r"rates for \['critic'\], but optimizers for \['discriminator', 'generator'\]"
    ):
        trainer_of([LearningRate({"critic": lambda share: 0.1}, 5)], 1).play()


def test_time_limit():
    limit = TimeLimit(0.0)
    assert trainer_of([limit], 50).play().state.round == 1


def test_hooks_look_at_the_phase_that_was_played():
    """Also after its last round."""
    game, streams = gan.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    phases = [Phase(game, optimizers, streams, 2, Alternating(), batch) for batch in (4, 8)]
    average = Average(Fixed(), half_life=1.0)
    batches = []
    trainer = Trainer(*phases, hooks=[average, Every(1, lambda t, c: batches.append(t.phase.batch))])
    assert trainer.play().state.images == 2 * 4 + 2 * 8
    assert batches == [4, 4, 8, 8]


def test_functions_are_hooks():
    seen = []

    def look(trainer, costs):
        seen.append((trainer.state.round, sorted(costs)))

    trainer_of([look, Every(2, lambda trainer, costs: seen.append(trainer.state.round))], 2).play()
    players = ["discriminator", "generator"]
    assert seen == [(1, players), (2, players), 2]


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        ([GradientCheck], "a hook is the class GradientCheck; expected a Hook, or a function f(trainer, costs)"),
        (["log"], "a hook is 'log'; expected a Hook"),
        (print, "hooks is a builtin_function_or_method; expected a list of them: write hooks=[...]"),
    ],
)
def test_what_is_no_hook(hooks, said):
    with pytest.raises(TypeError, match=re.escape(said)):
        trainer_of(hooks, 1)
