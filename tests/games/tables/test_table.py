import pytest
import torch

from rounds import round_of
from sparring.chance import Key
from sparring.checks import check_network
from sparring.games.tables.table import Generator, NormalAndGumbel, gumbel_softmax, table_gan, tiny
from sparring.losses import Wasserstein
from sparring.penalties import interpolated

LOGITS = torch.tensor([1.0, 0.0, -1.0, 0.5])
N = 40_000


def gumbels(k=4, n=N):
    return NormalAndGumbel(1, k)(Key(0).rows(n))[:, 1:]


@pytest.mark.parametrize("temperature", [0.2, 1.0])
def test_the_largest_place_is_a_draw_from_the_softmax(temperature):
    y = gumbel_softmax(LOGITS.expand(N, 4), gumbels(), temperature)
    p = LOGITS.softmax(0)
    shares = y.argmax(dim=1).bincount(minlength=4) / N
    assert ((shares - p).abs() < 5 * (p * (1 - p) / N).sqrt()).all()
    torch.testing.assert_close(y.sum(dim=1), torch.ones(N))


def test_the_lower_the_temperature_the_nearer_to_one_category():
    largest = [
        gumbel_softmax(LOGITS.expand(N, 4), gumbels(), t).max(dim=1).values.mean() for t in (5.0, 1.0, 0.2, 0.01)
    ]
    assert largest == sorted(largest)
    assert largest[-1] > 0.99


def test_the_noise_is_gumbel():
    """Its distribution function is exp(-exp(-x)), its mean Euler's constant."""
    x = gumbels(1)[:, 0]
    for at in (-1.0, 0.0, 2.0):
        expected = torch.exp(-torch.exp(torch.tensor(-at)))
        assert abs((x <= at).float().mean() - expected) < 5 * 0.5 / N**0.5
    assert abs(x.mean() - 0.5772) < 0.04


def test_row_i_depends_on_the_seed_and_i():
    sampler = tiny()[0].sampler()
    torch.testing.assert_close(sampler.sample(4, seed=1), sampler.sample(9, seed=1)[:4])
    assert not torch.equal(sampler.sample(4, seed=1)[:, 1:].argmax(1), sampler.sample(4, seed=5)[:, 1:].argmax(1))


def test_samples_are_numbers_in_range_and_shares_of_categories():
    x = tiny()[0].sampler().sample(50)
    assert x[:, 0].abs().max() <= 1
    torch.testing.assert_close(x[:, 1:].sum(dim=1), torch.ones(50))


def test_the_generator_keeps_the_contract_of_networks():
    check_network(Generator((1, 3, 1, 2), latent=4, width=8), (4 + 5,), (7,))
    check_network(Generator((1, 1), latent=4, width=8), (4,), (2,))


def test_wgan_gp_is_an_argument_away():
    """Its penalty at the same points, by a formula of our own."""
    _, streams = tiny()
    kind = streams["real"].kind
    wgan = table_gan(kind, latent=3, width=8, loss=Wasserstein(), penalties={interpolated: 10.0})
    round = round_of(lambda name: streams[name].draw(8, Key(2, (0,))))
    cost = wgan("discriminator", round)
    real, (_, fake) = round.stream("real").x, wgan.generated(round)
    w = round.chance.uniform("interpolated")[:, None]
    x = (real + w * (fake.detach() - real)).requires_grad_()
    [slope] = torch.autograd.grad(wgan.discriminator(x).sum(), x)
    torch.testing.assert_close(cost.terms["interpolated"], 10 * ((slope.square().sum(1).sqrt() - 1) ** 2).mean())
