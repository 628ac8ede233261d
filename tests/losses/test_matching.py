"""Feature matching against the distance of Gaussians' means, and its gradient written out."""

import pytest
import torch
from torch import nn

from rounds import draws_of
from sparring import GAN, MLP, InMemory, Normal, Phase, Trainer
from sparring.dynamics.gradients import gradient
from sparring.layers.with_features import WithFeatures
from sparring.losses import BEGAN, MMD, FeatureMatching, Hinge, NonSaturating, Relativistic
from sparring.ranks import Threads
from sparring.round import PLAYING, Round


@pytest.mark.parametrize("loss", [NonSaturating(), Hinge(), Relativistic()])
def test_the_discriminator_has_its_own_loss_and_the_generator_has_not(loss):
    real, fake = torch.randn(2, 7, 4).double()
    ours = FeatureMatching(loss)
    assert ours.discriminator(real, fake) == loss.discriminator(real[:, 0], fake[:, 0])
    expected = sum((sum(real[:, k]) / 7 - sum(fake[:, k]) / 7) ** 2 for k in (1, 2, 3))
    torch.testing.assert_close(ours.generator(real, fake), expected)


def test_the_distance_of_two_gaussians():
    """Features x and x^2 of N(0, 1) and N(m, s^2): m^2 + (m^2 + s^2 - 1)^2."""
    steps = torch.special.ndtri((torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000)
    mean, deviation = 0.7, 1.3
    outputs = [torch.stack([0 * x, x, x.square()], 1) for x in (steps, mean + deviation * steps)]
    expected = mean**2 + (mean**2 + deviation**2 - 1) ** 2
    assert FeatureMatching().generator(*outputs).item() == pytest.approx(expected, rel=1e-3)


def test_the_gradient_of_a_generator_that_is_a_point():
    """G = t and f(x) = W x: the gradient in t is -2 W^T W (E x - t)."""
    torch.manual_seed(0)
    generator = nn.Linear(1, 2)
    nn.init.zeros_(generator.weight)
    critic = nn.Sequential(nn.Linear(2, 3, bias=False), nn.Linear(3, 1), nn.Flatten(0))
    game = GAN(generator, WithFeatures(critic, "0"), Normal(1), FeatureMatching()).double()
    data = torch.randn(8, 2, dtype=torch.float64)
    turn = next(Trainer(Phase(game, {}, {"real": InMemory(data)}, 1, batch=8)).turns())
    _, slopes = gradient(game, "generator", turn)
    weight, gap = critic[0].weight, turn.stream("real").x.mean(0) - generator.bias
    torch.testing.assert_close(slopes["generator.bias"], -2 * weight.T @ weight @ gap)


def test_means_are_of_all_ranks():
    whole = torch.randn(2, 8, 4).double()

    def play(ranks):
        token = PLAYING.set(Round(lambda name: None, draws_of(share=(ranks.index, 2)), ranks=ranks))
        try:
            return FeatureMatching().generator(*(x.chunk(2)[ranks.index] for x in whole))
        finally:
            PLAYING.reset(token)

    for found in Threads.run(2, play):
        torch.testing.assert_close(found, FeatureMatching().generator(*whole))


def test_a_plain_discriminator_is_refused():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), FeatureMatching())
    turn = next(Trainer(Phase(game, {}, {"real": InMemory(torch.randn(16, 2))}, 1, batch=8)).turns())
    with pytest.raises(ValueError, match=r"expected \[B, 1 \+ K\] twice.*WithFeatures"):
        game("generator", turn)


def test_what_cannot_be_wrapped():
    with pytest.raises(TypeError, match="BEGAN has a state"):
        FeatureMatching(BEGAN())
    with pytest.raises(ValueError, match="MMD reads features"):
        FeatureMatching(MMD())
