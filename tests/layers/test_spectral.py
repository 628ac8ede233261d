import copy

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck
from torch.func import functional_call
from torch.nn.utils.parametrizations import spectral_norm

import contract_games.sngan as sngan
from evaluations import at
from rounds import draws_of
from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Round, Trainer
from sparring.checks import check_game
from sparring.dynamics.gradients import gradient
from sparring.game import PLAYING
from sparring.games import gan
from sparring.hooks import Average
from sparring.layers.spectral import spectral
from sparring.layers.upsampling import UpsampledConv2d
from sparring.samplers import GeneratorSampler, settle

KEY = Key(4)
LAYERS = {
    "wide": (lambda: nn.Linear(6, 4), (3, 6)),
    "tall": (lambda: nn.Linear(3, 8, bias=False), (3, 3)),
    "convolution": (lambda: nn.Conv2d(3, 5, 3, stride=2), (2, 3, 7, 5)),
    "transposed": (lambda: nn.ConvTranspose2d(3, 5, 4, 2, 1), (2, 3, 4, 3)),
    "upsampled": (lambda: UpsampledConv2d(3, 4), (2, 3, 4, 3)),
    "embedding": (lambda: nn.Embedding(7, 3), None),
}


def pair(name):
    """The layer with and without a spectral norm, in float64, and an input."""
    torch.manual_seed(0)
    make, shape = LAYERS[name]
    plain = make().double()
    x = torch.tensor([0, 6, 3]) if shape is None else KEY.normal("x", shape, torch.float64)
    return spectral(copy.deepcopy(plain)), plain, x


def matrix(name, weight):
    return (weight.transpose(0, 1) if name == "transposed" else weight).flatten(1)


def norm_of(layer):
    return layer.parametrizations.weight[0]


def largest(layer, name=""):
    return torch.linalg.svdvals(matrix(name, layer.weight.detach()))[0].item()


@pytest.mark.parametrize("name", LAYERS)
def test_the_weight_over_its_largest_singular_value(name):
    """By torch's singular values; of an upsampling convolution of its own 3 x 3 kernel (and not of the 4 x 4 one)."""
    layer, plain, x = pair(name)
    expected = plain.weight.detach() / torch.linalg.svdvals(matrix(name, plain.weight.detach()))[0]
    torch.testing.assert_close(layer.eval().weight.detach(), expected)
    with torch.no_grad():
        plain.weight.copy_(expected)
    torch.testing.assert_close(layer(x), plain(x))


@pytest.mark.parametrize("name", LAYERS)
def test_the_same_as_torchs_after_many_steps(name):
    """A second implementation, in training outside a game: from any u, values and gradients."""
    layer, plain, x = pair(name)
    other = spectral_norm(plain, n_power_iterations=1)
    norm_of(layer).u.copy_(torch.nn.functional.normalize(KEY.normal("u", norm_of(layer).u.shape), dim=0))
    assert largest(layer.eval(), name) > 1.0001, "u is no singular vector yet"
    layer.train()
    for _ in range(400):
        layer(x), other(x)
    mine, theirs = (
        torch.autograd.grad(each(x).sin().sum(), each.parametrizations.weight.original) for each in (layer, other)
    )
    torch.testing.assert_close(layer.eval()(x), other.eval()(x))
    torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("name", LAYERS)
def test_derivatives_of_first_and_second_order_against_finite_differences(name):
    """Of any u, as the cost of a round has them: through functional_call, in the parameter below."""
    layer, _, x = pair(name)
    norm_of(layer).u.copy_(torch.nn.functional.normalize(KEY.normal("u", norm_of(layer).u.shape), dim=0))
    weights = [p.detach().requires_grad_() for p in layer.eval().parameters()]

    def value(*weights):
        return at(layer, weights)(x).sin().sum()

    assert gradcheck(value, weights)
    assert gradgradcheck(value, weights)


def test_u_moves_once_a_turn_and_afterwards():
    layer, actions = spectral(nn.Linear(4, 3)).double(), {}
    norm = norm_of(layer)
    with torch.no_grad():
        layer.parametrizations.weight.original.add_(KEY.normal("step", (3, 4), torch.float64))
    before, held = norm.u.clone(), layer.parametrizations.weight.original.detach()
    token = PLAYING.set(Round(lambda name: None, draws_of(6), later=actions))
    try:
        values = [layer(torch.ones(6, 4, dtype=torch.float64)) for _ in range(3)]
        there = functional_call(layer, {"parametrizations.weight.original": 2 * held}, (torch.ones(6, 4).double(),))
    finally:
        PLAYING.reset(token)
    assert torch.equal(values[0], values[2])
    torch.testing.assert_close(there, values[0])
    assert torch.equal(norm.u, before)
    with torch.no_grad():
        held.mul_(3).add_(1)  # the player moves: u follows the weight as it is then
    [action] = actions.values()
    action()
    expected = held @ held.T @ before
    torch.testing.assert_close(norm.u, expected / expected.norm())


def players(rounds, rate=0.05):
    torch.manual_seed(0)
    game, streams = sngan.tiny()
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), rate) for name in game.players()}
    return Trainer(Phase(game.double(), optimizers, streams, rounds, batch=8))


def test_after_some_rounds_no_layer_makes_a_difference_larger():
    """u keeps up with steps of Adam; what it lags behind is settled before samples and judgements."""
    trainer = players(100)
    before = copy.deepcopy(trainer.game.state_dict())
    game = trainer.play().game.eval()
    layers = [layer for layer in game.modules() if hasattr(layer, "parametrizations")]
    assert len(layers) == 4
    for name, tensor in game.state_dict().items():
        assert "original" not in name or (tensor - before[name]).norm() > 0.5 * before[name].norm(), "it must move"
    lagging = [largest(layer) for layer in layers]
    assert lagging == pytest.approx([1] * 4, abs=0.02)
    assert max(lagging) > 1 + 1e-12
    assert [largest(layer) for layer in layers if settle(layer)] == pytest.approx([1] * 4, abs=1e-12)


def test_a_saved_state_brings_u_back():
    whole, half, rest = players(3), players(3), players(3)
    whole.play()
    rest.load_state_dict(half.play(1).state_dict())
    rest.play()
    for (name, x), y in zip(rest.game.state_dict().items(), whole.game.state_dict().values(), strict=True):
        assert torch.equal(x, y), name
    assert sum(name.endswith(".u") for name in whole.game.state_dict()) == 4


def test_a_gradient_in_parts_is_that_of_the_whole():
    """The step of u does not depend on the batch, so that it need not be refused."""
    trainer = players(1)
    round = next(trainer.turns())
    whole = gradient(trainer.game, "discriminator", round)[1]
    parts = gradient(trainer.game, "discriminator", round, micro=2)[1]
    for name, value in whole.items():
        torch.testing.assert_close(parts[name], value)


def test_torchs_own_is_not_a_game():
    """Its state moves whenever it is asked for: a cost would change by being looked at."""

    def make():
        critic = nn.Sequential(spectral_norm(nn.Linear(2, 8)), nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0))
        return GAN(MLP(3, 8, 2), critic, Normal(3)), gan.tiny()[1]

    with pytest.raises(AssertionError, match="evaluated again in the same round"):
        check_game(make)


def test_a_loop_of_ones_own_asks_twice_before_it_differentiates():
    """Each time moves u; what the first one has computed is still there."""
    layer = spectral(nn.Linear(3, 1))
    with torch.no_grad():
        layer.parametrizations.weight.original.add_(1)
    (layer(torch.ones(4, 3)).mean() - layer(torch.zeros(4, 3)).mean()).backward()
    assert layer.parametrizations.weight.original.grad.any()


def test_a_sampler_is_settled():
    """The average of weights too, whose u was never its own; batch norms are settled with the right weights."""
    torch.manual_seed(0)
    generator = spectral(nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2)))
    live = GeneratorSampler(generator, Normal(3))
    average = Average(live, 100.0).sampler
    with torch.no_grad():
        for name, p in average.named_parameters():
            p.add_(KEY.normal(name, p.shape))
    first = average.generator[0].eval()
    assert largest(first) > 1.001
    settled = average.settled(2000)
    assert largest(settled.generator[0]) == pytest.approx(1, abs=1e-5)
    assert largest(first) > 1.001, "the live one is as it was"
    hidden = settled.generator[0](Normal(3)(Key(0).rows(2000))).detach()
    torch.testing.assert_close(settled.generator[1].running_var, hidden.var(0), rtol=0.15, atol=0)
    empty = GeneratorSampler(copy.deepcopy(generator), Normal(3))
    empty.load_state_dict(settled.state_dict())
    assert torch.equal(empty.sample(5, seed=1), settled.sample(5, seed=1))


def test_the_norm_is_computed_in_full_precision():
    layer, x = spectral(nn.Linear(64, 64)).eval(), KEY.normal("x", (4, 64))
    with torch.autocast("cpu", torch.bfloat16):
        weight = layer.weight
        assert layer(x).dtype == torch.bfloat16
    assert torch.equal(weight, layer.weight)


def test_a_weight_of_zeros_stays_finite():
    layer = spectral(nn.Linear(3, 2))
    nn.init.zeros_(layer.parametrizations.weight.original)
    layer(torch.ones(1, 3)).sum().backward()
    assert torch.equal(layer.weight, torch.zeros(2, 3))
    assert all(torch.isfinite(p.grad).all() for p in layer.parameters())


def test_what_cannot_be_normalised_is_refused():
    with pytest.raises(ValueError, match="ReLU has no linear, convolutional or embedding layer"):
        spectral(nn.ReLU())
    with pytest.raises(ValueError, match="are parametrized already; expected plain ones"):
        spectral(spectral(nn.Linear(2, 2)))


def test_a_misfit_is_told_as_of_the_plain_network():
    game = GAN(MLP(3, 2), spectral(MLP(5, 4, 1, logits=True)), Normal(3))
    round = next(Trainer(Phase(game, {}, {"real": InMemory(torch.zeros(8, 2))}, 1, batch=4)).turns())
    with pytest.raises(ValueError, match=r"its layer 'layers\.1', Linear, takes 5 numbers and got 2"):
        game("discriminator", round)
