"""Pairs of samples and codes against enumeration and closed forms: D knows nothing where the joints match."""

import math

import pytest
import torch
from torch import nn

from contract_games import ali
from sparring import InMemory, Key, Phase, Trainer
from sparring.games.images.bigan import ALI, BiGAN, tiny
from sparring.latents import Normal

Z = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
A, B = torch.tensor([[2.0, 1.0], [0.5, -1.0]]), torch.tensor([0.3, -0.2])
X = Z @ A.T + B


class Affine(nn.Module):
    """x -> w (x - before) + after."""

    def __init__(self, w, before=0.0, after=0.0):
        super().__init__()
        self.w, self.before, self.after = nn.Parameter(w.clone()), before, after

    def forward(self, x):
        return (x - self.before) @ self.w.T + self.after


class Table(nn.Module):
    """A logit for each cell (x, z) of four samples and four codes."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits)

    def forward(self, x, z):
        return self.logits[places(x, X), places(z, Z)]


def places(rows, among):
    """Which of some rows each is."""
    distances = torch.cdist(rows, among)
    assert distances.min(1).values.max() < 1e-4, "it is one of them"
    return distances.argmin(1)


def first_round(game, stream, batch):
    return next(Trainer(Phase(game, {}, {"real": InMemory(stream)}, 1, batch=batch)).turns())


def best(encoder):
    """The cost of the best D against a generator of four samples and an encoder, and how D judges both sides."""
    real, fake = torch.zeros(4, 4), torch.zeros(4, 4)
    real.index_put_((torch.arange(4), places(encoder(X), Z)), torch.tensor(0.25), accumulate=True)
    fake.index_put_((places(Affine(A, after=B)(Z), X), torch.arange(4)), torch.tensor(0.25), accumulate=True)
    logits = (real.clamp(min=1e-12) / fake.clamp(min=1e-12)).log()
    game = BiGAN(Affine(A, after=B), encoder, Table(logits), lambda chance: Z)
    round = first_round(game, X, 4)
    return game, game("discriminator", round).total.item(), game("generator", round).total.item()


def test_against_an_encoder_that_inverts_g_the_best_d_is_one_half():
    """The theorem 2 of Donahue et al. on four points."""
    game, d, g = best(Affine(A.inverse(), before=B))
    assert torch.allclose(game.discriminator.logits.diag(), torch.zeros(4), atol=1e-6)
    assert d == pytest.approx(2 * math.log(2), rel=1e-6)
    assert g == pytest.approx(2 * math.log(2), rel=1e-6)
    assert torch.allclose(game.reconstruct(X), X, atol=1e-5)


def test_against_another_encoder_d_tells_pairs_apart():
    """Which has the same marginal distributions: the codes of two samples are exchanged."""
    turned = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    game, d, g = best(Affine(turned @ A.inverse(), before=B))
    assert d == pytest.approx(math.log(2), abs=1e-4), "half of the pairs say nothing, the others all"
    assert g > d + 1
    assert not torch.allclose(game.reconstruct(X), X, atol=0.1)


@pytest.mark.parametrize("make", [tiny, ali.tiny], ids=["BiGAN", "ALI"])
def test_generator_and_encoder_minimise_the_loss_with_labels_exchanged(make):
    game, streams = make()
    game = game.double()
    round = next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns())
    x, z = round.stream("real").x, round.chance.normal("latent", 3)
    mean, log_variance = game.encoder(x)[:, :3], game.encoder(x)[:, 3:]
    noise = log_variance.exp().sqrt() * round.chance.normal("encoding", 3) if make is ali.tiny else 0.0
    code = mean + noise
    real, fake = game.discriminator(x, code).tolist(), game.discriminator(game.generator(z), z).tolist()

    def mean_log(logits, sign):
        return sum(math.log(1 + math.exp(-sign * logit)) for logit in logits) / 8

    found = {player: game(player, round).total.item() for player in game.players()}
    assert found["discriminator"] == pytest.approx(mean_log(real, 1) + mean_log(fake, -1), rel=1e-10)
    assert found["generator"] == pytest.approx(mean_log(real, -1) + mean_log(fake, 1), rel=1e-10)


class Posterior(nn.Module):
    """Of z where x is z_1: mean (x, 0), variance (0, 1)."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        zero = torch.zeros_like(x)
        return torch.cat([x * self.scale, zero, zero - 60, zero], 1)


def test_the_gaussian_encoder_can_match_a_posterior_that_is_no_function():
    """x is z_1, so z_2 stays random given x: the covariances of pairs agree, as for no deterministic encoder."""
    generator, stream = Affine(torch.tensor([[1.0, 0.0]])), Key(1).normal("x", (20_000, 1))
    seen = []
    discriminator = Pair(seen)
    game = ALI(generator, Posterior(), discriminator, Normal(2))
    round = first_round(game, stream, 20_000)
    game("discriminator", round)
    covariances = [torch.cov(pairs.T) for pairs in seen]
    expected = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    for found in covariances:
        assert torch.allclose(found, expected, atol=0.05)
    assert torch.equal(game.infer(stream[:3])[:, 1], torch.zeros(3)), "codes for people are means"


class Pair(nn.Module):
    """A discriminator that keeps the pairs it is shown."""

    def __init__(self, seen):
        super().__init__()
        self.seen, self.bias = seen, nn.Parameter(torch.zeros(1))

    def forward(self, x, z):
        self.seen.append(torch.cat([x, z], 1).detach())
        return self.bias.expand(len(x))


def test_samples_are_judged_with_their_codes():
    game, streams = tiny()
    x = streams["real"].x[:5]
    assert torch.equal(game.judge(x), game.discriminator(x, game.infer(x)))
