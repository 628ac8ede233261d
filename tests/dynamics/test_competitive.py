"""The equilibrium of the local game, against matrices: xy, random quadratic games, networks with a dense Jacobian."""

import math

import numpy as np
import pytest
import torch

import discover
from sparring import Phase, Simultaneous, Trainer
from sparring.dynamics.competitive import CompetitiveGradient
from sparring.dynamics.gradients import gradient_field
from sparring.games.theory.xy import XY
from spirals import FIELD, ONE, H, follows, largest, path, radius

EXACT = CompetitiveGradient(200, 1e-13)


def matrix(h):
    return ONE - h * np.linalg.inv(ONE + h * FIELD) @ FIELD


@pytest.mark.parametrize("h", [H, 1.0, 3.0])
def test_rate_on_xy(h):
    theory = 1 / math.sqrt(1 + h**2)
    assert largest(matrix(h)) == pytest.approx(theory, abs=1e-12)
    assert follows(path(CompetitiveGradient(), h), matrix(h)) < 1e-12
    assert radius(CompetitiveGradient(), h, 100) == pytest.approx(theory, abs=5e-4)


def test_rates_of_its_own_for_each_player():
    rates = np.diag([0.5, 0.2])
    expected = ONE - rates @ np.linalg.inv(ONE + FIELD @ rates) @ FIELD
    assert follows(path(CompetitiveGradient(), {"x": 0.5, "y": 0.2}), expected) < 1e-12


def test_without_scale_it_is_play_at_once():
    np.testing.assert_allclose(path(CompetitiveGradient(scale=0.0)), path(Simultaneous()), atol=1e-9)


@pytest.mark.parametrize("name", ["games.gan", "contract_games.wgan_gp", "games.images.infogan"])
def test_networks(name):
    """(I + h C) d = g with C d from differences of first gradients, in games of any sum."""
    torch.manual_seed(0)
    game, streams = discover.games()[name].tiny()
    game.double()
    rate = 0.5
    optimizers = {n: torch.optim.SGD(game.strategy(n).values(), rate) for n in game.players()}
    round = next(Trainer(Phase(game, optimizers, streams, 1, batch=8)).turns())
    names = [(player, n) for player in game.players() for n in game.strategy(player)]
    here = {n: game.get_parameter(n).detach().clone() for _, n in names}

    def field(place):
        found = gradient_field(game, round.again(), at=place)
        return torch.cat([(found[p][1][n] if found[p][1][n] is not None else 0 * here[n]).flatten() for p, n in names])

    owner = [player for player, n in names for _ in range(here[n].numel())]
    g, size = field(here), 1e-6
    EXACT(game, iter([round.again()]), optimizers, {})
    d = torch.cat([(here[n] - game.get_parameter(n).detach()).flatten() for _, n in names]) / rate
    mixed = torch.zeros_like(d)
    for player in game.players():
        mine = torch.tensor([float(other == player) for other in owner], dtype=torch.float64)
        ends = [field(shifted(here, names, sign * size * mine * d)) for sign in (1, -1)]
        mixed += (1 - mine) * (ends[0] - ends[1]) / (2 * size)
    assert (rate * mixed).abs().max() > 1e-3, "nothing to compare"
    torch.testing.assert_close(d + rate * mixed, g, rtol=1e-5, atol=1e-7)


def shifted(here, names, by):
    parts = by.split([here[n].numel() for _, n in names])
    return {n: here[n] + part.view_as(here[n]) for (_, n), part in zip(names, parts, strict=True)}


def test_games_of_more_or_fewer_players_are_refused():
    class Alone(XY):
        def players(self):
            return {"x": super().players()["x"]}

    game = Alone()
    game.y.requires_grad_(False)
    with pytest.raises(TypeError, match=r"needs a game of two players, this one has \['x'\]; try Symplectic"):
        Trainer(Phase(game, {}, {}, 1, CompetitiveGradient())).play()


def test_a_player_without_an_optimizer_is_named():
    game = XY()
    optimizers = {"x": torch.optim.SGD([game.x.value], 0.1)}
    with pytest.raises(ValueError, match="'y' has no optimizer"):
        Trainer(Phase(game, optimizers, {}, 1, CompetitiveGradient())).play()
