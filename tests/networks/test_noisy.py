import math

import pytest
import torch
from torch import nn
from torch.func import jacrev

import contract_games.noise_anywhere as noise_anywhere
from sparring.chance import Key
from sparring.latents import Normal
from sparring.layers.noise import Added, Concatenated, Multiplied
from sparring.metrics.ais import ais
from sparring.networks.mlp import MLP
from sparring.networks.noisy import GaussianOutput, Noisy
from sparring.phase import Phase
from sparring.samplers import GeneratorSampler
from sparring.trainer import Trainer


def rank(generator, latent):
    """Of the Jacobian of x in z, at a point; the same at others."""
    zs = Key(3).normal("z", (3, latent), torch.float64)
    ranks = {int(torch.linalg.matrix_rank(jacrev(lambda z: generator(z[None])[0].flatten())(z))) for z in zs}
    assert len(ranks) == 1
    return ranks.pop()


def hidden(n_in, n_out):
    return nn.Sequential(nn.Tanh(), nn.Linear(n_in, n_out))


WAYS = {  # the generator's z, and what makes x of 3 dimensions of it; z1 has 1 dimension in all but the first three
    "z of 1": (lambda: MLP(1, 6, 3, activation=nn.Tanh), 1, 1),
    "z of 2": (lambda: MLP(2, 6, 3, activation=nn.Tanh), 2, 2),
    "z larger than x": (lambda: MLP(5, 6, 3, activation=nn.Tanh), 5, 3),
    "added": (lambda: Noisy(nn.Linear(1, 6), 1, (Added(6), hidden(6, 3))), 7, 3),
    "multiplied": (lambda: Noisy(nn.Linear(1, 6), 1, (Multiplied(6), hidden(6, 3))), 7, 3),
    "one concatenated": (lambda: Noisy(nn.Linear(1, 6), 1, (Concatenated(1), hidden(7, 3))), 2, 2),
    "two concatenated": (lambda: Noisy(nn.Linear(1, 6), 1, (Concatenated(2), hidden(8, 3))), 3, 3),
    "added to two units": (lambda: Noisy(nn.Linear(1, 2), 1, (Added(2), hidden(2, 3))), 3, 2),
    "added to the output": (lambda: GaussianOutput(MLP(1, 6, 3, activation=nn.Tanh), 1, (3,)), 4, 3),
}


@pytest.mark.parametrize("way", WAYS)
def test_rank_of_the_jacobian(way):
    """The narrowest place decides; for all of x's 3 dimensions z needs 3 or more, wherever they enter (section 3.1)."""
    make, latent, expected = WAYS[way]
    torch.manual_seed(0)
    generator = make().double()
    assert rank(generator, latent) == expected
    assert getattr(generator, "latent", latent) == latent
    assert expected <= latent


def test_noise_by_hand():
    h, noise = Key(0).normal("h", (2, 3, 2, 2)), Key(0).normal("noise", (2, 12))
    places = noise.reshape(2, 3, 2, 2)
    added, multiplied = Added(3, 2, 2, scale=0.5), Multiplied(3, 2, 2, scale=2.0)
    torch.testing.assert_close(added(h, noise), h + places / 2)
    torch.testing.assert_close(multiplied(h, noise), h * (1 + 2 * places))
    joined = Concatenated(1, 2, 2)(h, noise[:, :4])
    torch.testing.assert_close(joined, torch.cat([h, places[:, :1]], 1))
    for kind in (Added, Concatenated):
        with pytest.raises(ValueError, match="channels first"):
            kind(3, 0)


def test_each_part_of_z_goes_where_it_should():
    """The parts one after the other, in z's order."""
    generator = Noisy(nn.Identity(), 2, (Added(2), nn.Identity()), (Concatenated(3), nn.Identity()))
    z = torch.arange(14.0).reshape(2, 7)
    expected = torch.cat([z[:, :2] + z[:, 2:4], z[:, 4:]], 1)
    assert torch.equal(generator(z), expected)


def test_the_conditional_density_is_that_of_torch():
    torch.manual_seed(0)
    generator = GaussianOutput(nn.Sequential(nn.Linear(2, 6), nn.Unflatten(1, (2, 3))), 2, (2, 3), 0.3).double()
    x, z1 = Key(0).normal("x", (5, 2, 3), torch.float64), Key(0).normal("z", (5, 2), torch.float64)
    gaussian = torch.distributions.Normal(generator.mean(z1), 0.3)
    torch.testing.assert_close(generator.log_density(x, z1), gaussian.log_prob(x).sum((1, 2)))
    assert generator.variance == pytest.approx(0.09)


def test_samples_given_z1_have_that_mean_and_deviation():
    torch.manual_seed(0)
    generator, n = GaussianOutput(MLP(2, 6, 3), 2, (3,), 0.3), 20_000
    z = Key(0).normal("z", (n, generator.latent))
    z[:, :2] = z[0, :2]
    with torch.no_grad():
        x, mean = generator(z), generator.mean(z[:1, :2])
    assert ((x.mean(0) - mean[0]).abs() < 5 * 0.3 / math.sqrt(n)).all()
    torch.testing.assert_close(x.std(0), torch.full((3,), 0.3), rtol=0.03, atol=0)


@pytest.fixture(scope="module")
def linear():
    """x ~ N(b, W W^T + variance I), whose density torch knows."""
    torch.manual_seed(1)
    generator = GaussianOutput(nn.Linear(2, 4), 2, (4,), 0.5).double().eval().requires_grad_(False)
    with torch.no_grad():
        x = generator(Key(0).normal("z", (6, generator.latent), torch.float64))
    weight, bias = generator.mean.weight, generator.mean.bias
    covariance = weight @ weight.T + generator.variance * torch.eye(4, dtype=torch.float64)
    return generator, x, torch.distributions.MultivariateNormal(bias, covariance).log_prob(x)


def test_annealing_reaches_the_likelihood(linear):
    generator, x, exact = linear
    found = ais(generator.mean, x, latent=generator.size, variance=generator.variance, temperatures=300)
    torch.testing.assert_close(found.values, exact, rtol=0, atol=0.1)


def test_so_does_the_mean_of_conditional_densities(linear):
    generator, x, exact = linear
    z1, n = Key(2).normal("z1", (40_000, 2), torch.float64), 40_000
    for example, expected in zip(x, exact, strict=True):
        found = generator.log_density(example.expand(n, 4), z1).logsumexp(0) - math.log(n)
        torch.testing.assert_close(found, expected, rtol=0, atol=0.1)


@pytest.mark.parametrize("way", ["added", "two concatenated", "added to the output"])
def test_a_sample_depends_on_its_seed_and_number_alone(way):
    torch.manual_seed(0)
    make, latent, _ = WAYS[way]
    sampler = GeneratorSampler(make(), Normal(latent))
    few, many, others = sampler.sample(7, seed=2), sampler.sample(40, seed=2)[:7], sampler.sample(7, seed=3)
    torch.testing.assert_close(few, many, rtol=1e-5, atol=1e-6)
    assert (few - others).abs().max() > 0.1


def test_noise_in_hidden_layers_is_the_rounds():
    """The same when a cost is evaluated again, other numbers in the next round."""
    game, streams = noise_anywhere.tiny()
    trainer = Trainer(Phase(game, {}, streams, 2, batch=8))
    first, second = (next(trainer.turns()) for _ in range(2))
    costs = [game("generator", turn).total.item() for turn in (first, first.again(), second)]
    assert costs[0] == costs[1]
    assert costs[0] != costs[2]


@pytest.mark.parametrize(("size", "row", "deviation"), [(0, (3,), 1.0), (2, (0,), 1.0), (2, (3,), 0.0)])
def test_wrong_sizes(size, row, deviation):
    with pytest.raises(ValueError, match="expected positive numbers"):
        GaussianOutput(nn.Linear(2, 3), size, row, deviation)
