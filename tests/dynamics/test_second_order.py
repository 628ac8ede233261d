"""Steps of rules that differentiate gradients, on real games, against finite differences of first gradients."""

import pytest
import torch

import discover
from sparring import Key, Phase, Trainer
from sparring.checks import check_game
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.functional import SGD, Adam
from sparring.dynamics.gradients import gradient_field
from sparring.dynamics.symplectic import Symplectic
from sparring.dynamics.unrolled import Unrolled
from sparring.games import gan

GAMES = ("games.gan", "contract_games.wgan_gp", "contract_games.cyclegan", "games.images.infogan")
GAMES += ("contract_games.tokens", "contract_games.vae", "contract_games.relativistic_average")
SMALL = 1e-6


class Played:
    """A game, one round of it, and the step that a rule took from `here`, all in one vector a place."""

    def __init__(self, name, rule=None):
        torch.manual_seed(0)
        self.game, streams = discover.games()[name].tiny()
        self.game.double()
        self.optimizers = {n: torch.optim.SGD(self.game.strategy(n).values(), 1.0) for n in self.game.players()}
        self.round = next(Trainer(Phase(self.game, self.optimizers, streams, 1, batch=8)).turns())
        self.names = [name for player in self.game.players() for name in self.game.strategy(player)]
        self.here = self.vector(dict(self.game.named_parameters())).clone()
        self.field()  # draws the streams, whose sources may look at the parameters
        if rule is not None:
            rule(self.game, iter([self.round.again()]), self.optimizers, {})
            self.step = self.here - self.vector(dict(self.game.named_parameters()))
        self.direction = Key(2).normal("direction", tuple(self.here.shape), torch.float64)

    def vector(self, values):
        return torch.cat([values[name].detach().flatten() for name in self.names])

    def at(self, place):
        """Parameters by name."""
        sizes = [p.shape for p in (dict(self.game.named_parameters())[name] for name in self.names)]
        parts = place.split([size.numel() for size in sizes])
        return {name: part.view(size) for name, part, size in zip(self.names, parts, sizes, strict=True)}

    def field(self, place=None):
        """The gradients of all players."""
        field = gradient_field(self.game, self.round.again(), at=self.at(self.here if place is None else place))
        return self.vector({name: value for _, slope in field.values() for name, value in slope.items()})

    def along(self, vector):
        """The derivative of the field along a vector: J v."""
        ends = [self.field(self.here + sign * SMALL * vector) for sign in (1, -1)]
        return (ends[0] - ends[1]) / (2 * SMALL)


@pytest.mark.parametrize("name", GAMES)
def test_consensus(name):
    """v (step - g) = w g (J v)."""
    it = Played(name, Consensus(0.5))
    g, v = it.field(), it.direction
    assert (v @ (it.step - g)).item() == pytest.approx(0.5 * (g @ it.along(v)).item(), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", GAMES)
def test_symplectic(name):
    """v (step - g) = w (g (J v) - v (J g)) / 2."""
    it = Played(name, Symplectic(0.5))
    g, v = it.field(), it.direction
    expected = 0.25 * (g @ it.along(v) - v @ it.along(g)).item()
    assert (v @ (it.step - g)).item() == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("inner", [SGD(0.1, 0.5), Adam(0.05)], ids=str)
@pytest.mark.parametrize("name", GAMES)
def test_unrolled(name, inner):
    """The last player's step is the slope of its cost after its opponents have answered."""
    rule = Unrolled(3, inner)
    it = Played(name, rule)
    *opponents, seer = it.game.players()
    own = it.vector({n: torch.full_like(p, float(n in it.game.strategy(seer))) for n, p in it.at(it.here).items()})
    v = it.direction * own

    def cost(place):
        """By the same first gradients, but without any graph through the answers."""
        with torch.no_grad():
            for name, value in it.at(place).items():
                it.game.get_parameter(name).copy_(value)
        there = {n: p.detach() for n, p in rule.answers(it.game, opponents, it.round.again()).items()}
        return torch.func.functional_call(it.game, there, (seer, it.round.again())).total.item()

    whole, half = ((cost(it.here + h * v) - cost(it.here - h * v)) / (2 * h) for h in (2 * SMALL, SMALL))
    numeric = (4 * half - whole) / 3  # by Richardson: Adam bends much where a gradient is small
    assert (v @ it.step).item() == pytest.approx(numeric, rel=1e-5, abs=1e-7)


def test_unrolled_adam_plays_alike_on_two_ranks():
    check_game(gan.tiny, dynamics=[Unrolled(2, Adam(0.01))])
