"""Products with second derivatives, on every game, against finite differences of first gradients."""

import pytest
import torch

import discover
from sparring import Key
from sparring.checks.declared import NOTHING
from sparring.dynamics.gradients import gradient_field
from sparring.equilibrium import Search, examine, round_of
from sparring.equilibrium.products import Products

GAMES = discover.games()
TRUE = [name for name, game in GAMES.items() if not getattr(game, "DECLARED", NOTHING).estimators]
"""Those whose gradients are the derivatives of their costs."""
SMALL = 1e-6


def made(name):
    torch.manual_seed(0)
    game, streams = GAMES[name].tiny()
    game.double()
    with torch.no_grad():
        for its, p in game.named_parameters():
            p.add_(0.01 * Key(0).normal(its, tuple(p.shape), p.dtype))
    return game, round_of(game, streams, batch=8)


@pytest.mark.parametrize("name", TRUE)
def test_products_are_those_of_the_jacobian(name):
    """u (J^T v) = v (J u), J u by finite differences."""
    game, round = made(name)
    at, players = Products(game, round), tuple(game.players())
    u, v = (Key(1).normal(word, tuple(at.zeros(players).shape), torch.float64) for word in "uv")
    u, v = u / u.norm(), v / v.norm()
    found = u @ at.transposed(players, v)
    names = [name for player in players for name in game.strategy(player)]
    here = {name: p.detach().clone() for name, p in game.named_parameters()}
    steps = dict(zip(names, torch.split(u, [here[name].numel() for name in names]), strict=True))

    def field(t):
        there = {n: p + t * steps[n].view_as(p) if n in steps else p for n, p in here.items()}
        slopes = gradient_field(game, round.again(), at=there)
        values = [(here[n], value) for player in players for n, value in slopes[player][1].items()]
        return v @ torch.cat([torch.zeros_like(p).flatten() if g is None else g.flatten() for p, g in values])

    numeric = (field(SMALL) - field(-SMALL)) / (2 * SMALL)
    assert found.item() == pytest.approx(numeric.item(), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", TRUE)
def test_every_game_can_be_examined(name):
    """And is then what it was."""
    game, round = made(name)
    before = {its: value.clone() for its, value in game.state_dict().items()}
    found = examine(game, round, search=Search(exact=1, steps=4))
    assert found.sides.keys() == game.players().keys()
    assert found.verdict.split(":")[0] in str(found)
    assert all(torch.equal(value, before[its]) for its, value in game.state_dict().items())
