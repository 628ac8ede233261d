import torch

from rounds import round_of
from sparring.chance import Key
from sparring.checks import check_network
from sparring.games.tables.table import Generator, table_gan, tiny
from sparring.losses import Wasserstein
from sparring.penalties import interpolated


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
