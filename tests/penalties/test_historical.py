"""The mean of all places against the places themselves, and against the closed form of a player who is pulled."""

import copy

import pytest
import torch
from torch import nn

from sparring import GAN, MLP, InMemory, Normal, Phase, Simultaneous, Trainer
from sparring.losses import Wasserstein
from sparring.penalties import HistoricalAverage

DATA = InMemory(torch.randn(64, 2, generator=torch.Generator().manual_seed(0)))


def trainer_of(rounds, weight=0.5, **changes):
    torch.manual_seed(0)
    generator, critic = MLP(3, 8, 2).double(), MLP(2, 8, 1, logits=True).double()
    penalties, regularizers = {HistoricalAverage(critic): weight}, {HistoricalAverage(generator): weight}
    game = GAN(generator, critic, Normal(3), penalties=penalties, regularizers=regularizers, **changes)
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.1) for player in game.players()}
    return Trainer(Phase(game, optimizers, {"real": DATA}, rounds, Simultaneous(), batch=8))


def places(network):
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def test_the_mean_is_that_of_all_places_until_now():
    trainer, history = trainer_of(6), {"discriminator": [], "generator": []}
    for _ in range(6):
        for name, of in history.items():
            of.append(places(getattr(trainer.game, name)))
        turn = next(trainer.turns())
        for name, of in history.items():
            term = trainer.game(name, turn).terms["historical_average"]
            torch.testing.assert_close(term, 0.5 * (of[-1] - torch.stack(of).mean(0)).square().sum())
        trainer.play_round()
    assert term > 0
    assert trainer.game.judges[0].count == 7


@pytest.mark.parametrize("weight", [0.0, 1.0, 3.0])
def test_a_player_whom_a_constant_force_pulls(weight):
    """D(x) = w x + b, data at .7 and samples at 0: the force on w is g = -.7, that on b is 0.

    With y = theta - mean: in round t theta' = theta - h (g + 2 c y) and mean' = mean + (theta' - mean) / (t + 1),
    so y' = (y (1 - 2 h c) - h g) t / (t + 1), whose solution for c = 0 is y_t = -h g (t - 1) / 2.
    """
    generator = nn.Linear(1, 1)
    nn.init.zeros_(generator.weight)
    nn.init.zeros_(generator.bias)
    critic = nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))
    penalty = HistoricalAverage(critic).double()
    game = GAN(generator, critic, Normal(1), Wasserstein(), {penalty: weight}).double()
    optimizers = {
        "discriminator": torch.optim.SGD(game.strategy("discriminator").values(), 0.1),
        "generator": torch.optim.SGD(game.strategy("generator").values(), 0.0),
    }
    trainer = Trainer(Phase(game, optimizers, {"real": InMemory(torch.full((16, 1), 0.7))}, 9, Simultaneous(), batch=8))
    y = 0.0
    for t in range(1, 10):
        gap = (critic[0].weight - penalty.mean_0_weight).item()
        assert gap == pytest.approx(y, abs=1e-6)
        if not weight:
            assert gap == pytest.approx(0.1 * 0.7 * (t - 1) / 2, abs=1e-6)
        trainer.play_round()
        y = (y * (1 - 2 * 0.1 * weight) + 0.1 * 0.7) * t / (t + 1)


def test_the_means_are_in_the_state_and_are_resumed():
    whole, half, rest = (trainer_of(5) for _ in range(3))
    whole.play()
    rest.load_state_dict(half.play(2).state_dict())
    found, expected = rest.play().game.state_dict(), whole.game.state_dict()
    assert {name for name in expected if "mean" in name}
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-12, atol=1e-14, msg=name)


def test_a_copy_of_the_game_looks_at_its_own_network():
    game = copy.deepcopy(trainer_of(1).game)
    assert game.judges[0]._of[0] is game.discriminator
    assert not any("network" in name or "_of" in name for name in game.state_dict())


def test_a_network_without_parameters():
    with pytest.raises(ValueError, match="Tanh has no trainable parameters"):
        HistoricalAverage(nn.Tanh())
