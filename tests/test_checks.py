"""The checks fail where they should: each broken game, network or loss breaks one promise."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch
from torch import nn

import contract_games.dcgan as dcgan
from sparring import GAN, MLP, Cost, Game, InMemory, Key, Normal, Player
from sparring.checks import Declared, Estimator, check_game, check_loss, check_network
from sparring.games import gan
from sparring.layers.dropout import Dropout
from sparring.losses import LOGITS, AdversarialLoss, NonSaturating


class Broken(Game):
    """Two players with one linear layer each; a test replaces one cost."""

    def __init__(self, cost):
        super().__init__()
        self.a, self.b, self.make = nn.Linear(2, 2), nn.Linear(2, 2), cost

    def players(self):
        fine = lambda turn: Cost({"square": self.b(turn.stream("x").x).square().mean()})  # noqa: E731
        return {"a": Player((self.a,), lambda turn: self.make(self, turn)), "b": Player((self.b,), fine)}


def check(cost):
    check_game(lambda: (Broken(cost), {"x": InMemory(Key(0).normal("x", (32, 2)))}))


def test_a_sound_game_passes():
    assert check(lambda game, turn: Cost({"square": game.a(turn.stream("x").x).square().mean()})) is None


def test_non_finite_terms():
    with pytest.raises(AssertionError, match="'bad' of 'a' is inf"):
        check(lambda game, turn: Cost({"bad": game.a(turn.stream("x").x).square().mean() / 0}))


def test_impure_costs():
    """Chance from outside the round: evaluating again gives another value."""
    with pytest.raises(AssertionError, match="evaluated again in the same round"):
        check(lambda game, turn: Cost({"noise": (game.a(turn.stream("x").x) * fresh()).square().mean()}))


def fresh(state=[0]):  # noqa: B006 - the point is that it remembers
    state[0] += 1
    return state[0]


def test_parameters_that_bypass_the_modules():
    kept = {}

    def cost(game, turn):
        weight = kept.setdefault(game, game.a.weight)
        return Cost({"square": (turn.stream("x").x @ weight).square().mean() + game.a.bias.sum()})

    with pytest.raises(AssertionError, match="only through the game's modules"):
        check(cost)


def test_detached_gradients():
    """A detach in the wrong place: the cost depends on the weight, the gradient does not say so."""

    def cost(game, turn):
        y = game.a(turn.stream("x").x)
        return Cost({"square": (y * y.detach()).mean()})

    with pytest.raises(AssertionError, match="by finite differences"):
        check(cost)


def test_costs_that_hide_their_opponents():
    """A detach that no player's own gradient needs, and that unrolling and consensus would stumble on."""
    hidden = lambda game, turn: (game.a(turn.stream("x").x) * game.b(turn.stream("x").x).detach()).mean()  # noqa: E731
    with pytest.raises(AssertionError, match=r"in the parameters of all players is .* Do not detach anything"):
        check(lambda game, turn: Cost({"product": hidden(game, turn)}))


def test_modules_that_are_missing_from_of():
    """A shared value of a and b that says it depends on a alone."""

    def both(game, turn):
        return turn.once("both", lambda: game.b(game.a(turn.stream("x").x)).square().mean(), of=(game.a,))

    with pytest.raises(AssertionError, match=r"after 'b' moved inside a round the cost of 'a'.*missing from its `of`"):
        check(lambda game, turn: Cost({"both": both(game, turn)}))


def test_statistics_that_are_not_gathered():
    """The square of a batch's mean is not the mean of those of its halves."""
    mean = lambda game, turn: game.a(turn.stream("x").x).mean()  # noqa: E731
    with pytest.raises(AssertionError, match=r"computed in two parts.*round\.gather"):
        check(lambda game, turn: Cost({"mean": mean(game, turn).square()}))
    gathered = lambda game, turn: turn.gather(game.a(turn.stream("x").x)).mean()  # noqa: E731
    check(lambda game, turn: Cost({"mean": gathered(game, turn).square()}))


def test_dropout_of_torch_and_dropout_of_ours():
    """torch's masks are the same when a cost is evaluated again, but two ranks have others than one."""

    def game_of(layer):
        def make():
            game = Broken(lambda game, turn: Cost({"square": game.a(turn.stream("x").x).square().mean()}))
            game.a = nn.Sequential(layer(0.5), nn.Linear(2, 2))
            return game, {"x": InMemory(Key(0).normal("x", (32, 2)))}

        return make

    with pytest.raises(AssertionError, match=r"sparring\.layers"):
        check_game(game_of(nn.Dropout))
    check_game(game_of(Dropout))


class Rounding(torch.autograd.Function):
    """Straight-through: rounds, and hands gradients on as if it had not."""

    @staticmethod
    def forward(_, x):
        return x.round()

    @staticmethod
    def backward(_, gradient):
        return gradient


def straight_through(game, turn):
    return Cost({"square": Rounding.apply(3 * game.a(turn.stream("x").x)).square().mean()})


def test_estimators_are_declared_with_an_oracle():
    make = lambda: (Broken(straight_through), {"x": InMemory(Key(0).normal("x", (32, 2)))})  # noqa: E731
    with pytest.raises(AssertionError, match="declare it with an oracle"):
        check_game(make)
    asked = []
    check_game(make, declared=Declared(estimators={"a": Estimator("straight-through", lambda: asked.append(1))}))
    assert asked
    with pytest.raises(AssertionError, match="without a reason"):
        check_game(make, declared=Declared(estimators={"a": Estimator(" ", lambda: None)}))
    with pytest.raises(AssertionError, match="do not declare it"):
        check_game(gan.tiny, declared=Declared(estimators={"generator": Estimator("none", lambda: None)}))


def test_declared_still_but_moving():
    with pytest.raises(AssertionError, match="moved, but are declared as still"):
        check_game(gan.tiny, declared=Declared(still={"generator.layers.1.weight": "a wrong reason"}))


@pytest.mark.parametrize("seed", range(12))
def test_no_false_alarm_on_an_untrained_dcgan(seed):
    """Untrained rectifiers sit on their kinks, where a derivative is not what a difference says."""
    check_game(dcgan.tiny, seed=seed, dynamics=(), batch=8)


def test_parameters_that_never_move():
    with pytest.raises(AssertionError, match=r"never moved: \['a.bias'\]"):
        check(
            lambda game, turn: Cost(
                {"linear": (turn.stream("x").x @ game.a.weight).square().mean() + 0 * game.a.bias.sum()}
            )
        )


def test_projections_that_reach_too_far():
    def make():
        game, streams = gan.tiny()
        game.project = lambda parameters: game.generator.layers[1].weight.mul_(0.5)
        return game, streams

    with pytest.raises(AssertionError, match=r"'discriminator' moved \['generator.layers.1.weight'\]"):
        check_game(make)


def test_frozen_parameters_stay():
    def make():
        game, streams = gan.tiny()
        game.generator.layers[1].weight.requires_grad_(False)
        return game, streams

    check_game(make)


def test_network_of_the_wrong_shape():
    with pytest.raises(AssertionError, match=r"expected \[2, 5\]"):
        check_network(MLP(3, 8, 4), (3,), (5,))


def test_network_with_a_dead_layer():
    network = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    nn.init.zeros_(network[1].weight)
    with pytest.raises(AssertionError, match="no gradient"):
        check_network(network, (3,), (2,))


def test_network_that_mixes_rows():
    class Centred(nn.Linear):
        def forward(self, x):
            return super().forward(x) - x.mean()

    with pytest.raises(AssertionError):
        check_network(Centred(3, 2), (3,), (2,))


@dataclass(frozen=True)
class Naive:
    """log(sigmoid): fine at 0, infinite at -200; sums over the batch; reads real without saying so."""

    fault: str
    needs_real: bool = False
    reads: ClassVar = LOGITS
    across: ClassVar = False
    exact: ClassVar = 100.0
    log_ratio: ClassVar = True

    def discriminator(self, real, fake):
        if self.fault != "shapes" and (real.ndim != 1 or real.shape != fake.shape):
            raise ValueError
        if self.fault == "overflow":
            return -(torch.sigmoid(real) + 0).log().mean() - (1 - torch.sigmoid(fake)).log().mean()
        value = torch.nn.functional.softplus(-real) + torch.nn.functional.softplus(fake)
        value = -value if self.fault == "discriminator" else value
        return value.sum() if self.fault == "sum" else value.mean()

    def generator(self, real, fake):
        fake = -fake if self.fault == "generator" else fake
        return self.discriminator(fake, real if self.fault == "real" else torch.zeros_like(real))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("shapes", r"Naive\.discriminator took logits .* expected ValueError"),
        ("overflow", "(?s)not exact.* softplus"),
        ("sum", "batch size"),
        ("real", "needs_real"),
        ("discriminator", r"Naive\.discriminator rises with logits of real samples .* turn its sign"),
        ("generator", r"Naive\.generator rises with logits of generated samples .* turn its sign"),
    ],
)
def test_loss(fault, message):
    with pytest.raises(AssertionError, match=message):
        check_loss(Naive(fault))


def test_a_loss_states_what_it_is():
    bare = type("Bare", (), {"reads": LOGITS, "needs_real": False})()
    with pytest.raises(AssertionError, match=r"Bare does not state \['across', 'exact', 'log_ratio'\]"):
        check_loss(bare)

    class Heir(AdversarialLoss):
        """What it has are the empty properties of the protocol."""

    with pytest.raises(AssertionError, match=r"Heir does not state \['reads', 'needs_real', 'across', 'exact', "):
        check_loss(Heir())
    with pytest.raises(TypeError, match=r"the class NonSaturating; .* write losses\.NonSaturating\(\)"):
        check_loss(NonSaturating)


def test_games_refuse_unclear_controls():
    game, _ = gan.tiny()
    shared = GAN(game.generator, game.generator, Normal(3))
    with pytest.raises(ValueError, match="controlled by"):
        shared.check_controls()

    class Nobody(Broken):
        def players(self):
            return {"a": super().players()["a"]}

    with pytest.raises(ValueError, match=r"no player controls 'b\.weight'"):
        Nobody(None).check_controls()

    class Outside(Broken):
        def players(self):
            return super().players() | {"c": Player((nn.Linear(1, 1),), self.make)}

    with pytest.raises(ValueError, match="not part of the game"):
        Outside(None).check_controls()


def test_chance_that_a_saved_state_does_not_bring_back():
    """A source that remembers but does not say so."""

    class Forgetful(InMemory):
        count = 0

        def draw(self, n, key):
            self.count += 1
            batch = super().draw(n, key)
            return type(batch)(batch.x * self.count)

    def make():
        game = Broken(lambda game, turn: Cost({"square": game.a(turn.stream("x").x).square().mean()}))
        return game, {"x": Forgetful(Key(0).normal("x", (32, 2)))}

    with pytest.raises(AssertionError, match="does not bring back"):
        check_game(make)
