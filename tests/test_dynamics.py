import math

import pytest
import torch

import contract_games.r3gan as r3gan
from sparring import Alternating, Cost, Phase, Simultaneous, Trainer
from sparring.dynamics.gradients import gradient, gradient_field, move
from sparring.games import gan
from sparring.games.theory import xy
from sparring.games.theory.xy import XY
from sparring.losses import LOGITS, NonSaturating


def play_xy(dynamics, rounds, step=0.1):
    game = XY()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=step) for name in ("x", "y")}
    radii = []
    trainer = Trainer(Phase(game, optimizers, {}, rounds, dynamics))
    for _ in range(rounds):
        trainer.play_round()
        radii.append((game.x.value.item(), game.y.value.item()))
    return radii


def test_simultaneous_steps_spiral_outwards_on_xy():
    """Radius sqrt(2) * sqrt(1 + h^2)^n after n rounds."""
    for n, (x, y) in enumerate(play_xy(Simultaneous(), 200), 1):
        assert math.hypot(x, y) == pytest.approx(math.sqrt(2) * 1.01 ** (n / 2), abs=1e-5)


def test_alternating_steps_keep_their_invariant_on_xy():
    """x^2 + y^2 - h x y, when x moves first."""
    h = 0.1
    for x, y in play_xy(Alternating(), 200, h):
        assert x * x + y * y - h * x * y == pytest.approx(2 - h, abs=1e-12)


def test_steps_of_a_player_take_fresh_data():
    game, streams = gan.tiny()
    seen = []
    draw = streams["real"].draw
    streams["real"].draw = lambda n, key: seen.append(key.path[-1]) or draw(n, key)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=0.1) for name in game.players()}
    Trainer(Phase(game, optimizers, streams, 2, Alternating({"discriminator": 3}))).play()
    assert seen == [0, 1, 2, 3, 4, 5]  # and none for the generator, whose loss does not look at real data


def test_simultaneous_shares_the_forward_passes():
    """One pass of each network over the fakes serves both players; alternating play needs two."""
    assert passes(Simultaneous()) == {"generator": 1, "discriminator": 2}
    assert passes(Alternating()) == {"generator": 2, "discriminator": 3}
    assert passes(Alternating(fresh=False)) == {"generator": 1, "discriminator": 3}


def passes(dynamics):
    game, streams = gan.tiny()
    count = {"generator": 0, "discriminator": 0}
    for name in list(count):
        getattr(game, name).register_forward_hook(lambda *_, name=name: count.update({name: count[name] + 1}))
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=0.1) for name in game.players()}
    Trainer(Phase(game, optimizers, streams, 1, dynamics)).play()
    return count


def test_discriminator_gradients_equal_those_of_a_hand_written_step():
    game, streams = gan.tiny()
    game.double()
    round = next(Trainer(Phase(game, {}, streams, 1)).turns())
    _, slope = gradient(game, "discriminator", round)
    z = game.latent(round.chance)
    real, fake = round.stream("real").x.clone().requires_grad_(), game.generator(z).detach()
    logits = game.discriminator(real)
    softplus = torch.nn.functional.softplus
    penalty = torch.autograd.grad(logits.sum(), real, create_graph=True)[0].square().sum(1).mean()
    loss = softplus(-logits).mean() + softplus(game.discriminator(fake)).mean() + 0.1 * penalty
    expected = torch.autograd.grad(loss, list(game.discriminator.parameters()), allow_unused=True)
    for value, other in zip(slope.values(), expected, strict=True):
        torch.testing.assert_close(value, other)


def test_gradient_field_can_be_differentiated():
    """On V = xy the field is (y, -x): its squared norm x^2 + y^2 has the gradient (2x, 2y)."""
    game = XY(3.0, 4.0)
    round = next(Trainer(Phase(game, {}, {}, 1)).turns())
    field = gradient_field(game, round, create_graph=True)
    norm = sum(value.square() for _, slope in field.values() for value in slope.values())
    assert norm.item() == 25
    assert [g.item() for g in torch.autograd.grad(norm, [game.x.value, game.y.value])] == [6, 8]


def test_a_non_finite_cost_stops_before_the_update():
    game, streams = gan.tiny()
    optimizers = {name: torch.optim.Adam(game.strategy(name).values()) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, streams, 5)).play(2)
    game.loss = type(
        "Loss", (), {"discriminator": lambda self, real, fake: real.mean() / 0, "needs_real": False, "reads": LOGITS}
    )()
    before = {name: p.clone() for name, p in game.named_parameters()}
    with pytest.raises(FloatingPointError, match=r"'loss' of 'discriminator' became (inf|-inf|nan) in round 2"):
        trainer.play()
    assert all(torch.equal(p, before[name]) for name, p in game.named_parameters())


def test_a_cost_of_nothing_is_explained():
    class Idle(XY):
        def value(self):
            return torch.zeros(())

    with pytest.raises(ValueError, match="does not depend on any parameter it controls"):
        gradient(Idle(), "x", next(Trainer(Phase(Idle(), {}, {}, 1)).turns()))


def test_terms_must_be_scalars():
    with pytest.raises(ValueError, match=r"'r1' has shape \[64\]"):
        Cost({"r1": torch.zeros(64)})


def test_shared_values_follow_parameters_and_freezing():
    game, streams = r3gan.tiny()
    round = next(Trainer(Phase(game, {}, streams, 1)).turns())
    game("generator", round)
    fake = game.generated(round)[1]
    game("discriminator", round)
    assert game.generated(round)[1] is fake
    with torch.no_grad():
        game.generator.layers[1].weight.add_(1.0)
    game("discriminator", round)
    moved = game.generated(round)[1]
    assert not torch.equal(moved, fake)
    with torch.no_grad():
        assert game.generated(round)[1].grad_fn is None


@pytest.mark.parametrize("fused", [True, False])
def test_a_step_within_a_round_is_noticed(fused):
    """Fused optimizers move parameters without raising their version."""
    game, streams = gan.tiny()
    optimizers = {n: torch.optim.Adam(game.strategy(n).values(), 0.1, fused=fused) for n in game.players()}
    round = next(Trainer(Phase(game, optimizers, streams, 1)).turns())
    game("discriminator", round)
    field = gradient_field(game, round)
    game("discriminator", round)
    before = game.generated(round)[1]
    move(game, field, round, optimizers)
    game("discriminator", round)
    assert not torch.equal(game.generated(round)[1], before)
    z = game.latent(round.chance)
    assert torch.equal(game.generated(round)[1], game.generator(z))


def test_gradients_can_be_taken_again_in_the_same_round():
    game, streams = gan.tiny()
    round = next(Trainer(Phase(game, {}, streams, 1)).turns())
    with torch.no_grad():
        game("generator", round)  # shares values that have no graph
    first, second = gradient_field(game, round), gradient_field(game, round)
    alone = {player: gradient(game, player, round) for player in game.players() for _ in range(2)}
    for player in game.players():
        for name, value in first[player][1].items():
            if value is not None:
                assert torch.equal(value, second[player][1][name])
                torch.testing.assert_close(value, alone[player][1][name])


def test_simultaneous_play_checks_everybody_before_anybody_moves():
    game, streams = gan.tiny()
    game.loss = type(
        "Loss", (), {"needs_real": False, "reads": LOGITS, "discriminator": NonSaturating().discriminator}
    )()
    game.loss.generator = lambda real, fake: fake.mean() / 0
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
    before = [p.clone() for p in game.parameters()]
    with pytest.raises(FloatingPointError, match="'loss' of 'generator'"):
        Trainer(Phase(game, optimizers, streams, 1, Simultaneous())).play()
    assert all(torch.equal(p, q) for p, q in zip(game.parameters(), before, strict=True))


def test_mistakes_in_steps_and_optimizers_are_named():
    game, streams = gan.tiny()
    with pytest.raises(ValueError, match="0 or more"):
        Alternating({"discriminator": -1})
    with pytest.raises(ValueError, match=r"steps for \['critic'\], but the players are"):
        Trainer(Phase(game, {}, streams, 1, Alternating({"critic": 5}))).play()
    with pytest.raises(ValueError, match="'discriminator' has no optimizer"):
        Trainer(Phase(game, {}, streams, 1)).play()


def test_tiny_xy_has_no_streams():
    assert xy.tiny()[1] == {}


def test_gradients_are_laid_out_like_their_parameters():
    """Fused optimizers walk through raw memory: an expanded or transposed gradient would move the wrong weights."""

    class Layouts(XY):
        def __init__(self):
            super().__init__()
            self.x.weight = torch.nn.Parameter(torch.randn(4, 3).t())
            self.x.bias = torch.nn.Parameter(torch.zeros(5))

        def value(self):
            return self.x.value * self.y.value + self.x.weight.square().sum() + self.x.bias.sum()

    games = []
    for fused in (True, False):
        torch.manual_seed(0)
        game = Layouts()
        optimizers = {n: torch.optim.Adam(game.strategy(n).values(), 0.1, fused=fused) for n in game.players()}
        Trainer(Phase(game, optimizers, {}, 5)).play()
        assert all(p.grad.stride() == p.stride() for p in game.parameters())
        games.append(game)
    for fused, plain in zip(games[0].parameters(), games[1].parameters(), strict=True):
        torch.testing.assert_close(fused, plain)
