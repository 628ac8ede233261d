"""Values and gradients against the closed forms of Goodfellow (2016), section 3.2, and Gaussian games."""

import math
import re

import pytest
import torch

from rounds import draws_of
from sparring import GAN, MLP, Normal, losses
from sparring.losses import (
    Hinge,
    LeastSquares,
    MaximumLikelihood,
    Minimax,
    NonSaturating,
    Relativistic,
    RelativisticAverage,
    Wasserstein,
    decisive,
)
from sparring.ranks import Threads
from sparring.round import PLAYING, Round

LOGITS = torch.linspace(-5, 5, 21, dtype=torch.float64)


def slope(loss, logits):
    """The generator's gradient in each logit, times the batch size."""
    fake = logits.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss.generator(torch.zeros_like(fake), fake), fake)
    return gradient * len(logits)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (Minimax(), -torch.sigmoid(LOGITS)),
        (NonSaturating(), torch.sigmoid(LOGITS) - 1),
        (MaximumLikelihood(), -LOGITS.exp()),
        (LeastSquares(), 2 * (LOGITS - 1)),
        (Hinge(), torch.full_like(LOGITS, -1.0)),
        (Wasserstein(), torch.full_like(LOGITS, -1.0)),
        (Relativistic(), torch.sigmoid(LOGITS) - 1),  # real logits at 0
    ],
)
def test_generator_slopes(loss, expected):
    torch.testing.assert_close(slope(loss, LOGITS), expected)


@pytest.mark.parametrize(
    ("loss", "cost"),
    [
        (Minimax(), lambda d: math.log(1 - d)),
        (NonSaturating(), lambda d: -math.log(d)),
        (MaximumLikelihood(), lambda d: -d / (1 - d)),
    ],
)
@pytest.mark.parametrize("d", [0.01, 0.3, 0.5, 0.9, 0.99])
def test_curves_of_figure_16(loss, cost, d):
    """The generator's cost as a function of D(G(z)); no factor 1/2."""
    logit = torch.tensor([math.log(d / (1 - d))], dtype=torch.float64)
    assert loss.generator(logit, logit).item() == pytest.approx(cost(d))


@pytest.mark.parametrize("loss", [Minimax(), NonSaturating(), MaximumLikelihood()])
def test_cross_entropy(loss):
    """Twice equation 8, from probabilities."""
    real, fake = LOGITS, LOGITS.flip(0) + 0.3
    expected = -torch.sigmoid(real).log().mean() - (1 - torch.sigmoid(fake)).log().mean()
    torch.testing.assert_close(loss.discriminator(real, fake), expected)
    assert loss.discriminator(torch.zeros(3), torch.zeros(3)).item() == pytest.approx(2 * math.log(2))


def test_minimax_is_zero_sum_up_to_a_term_without_the_generator():
    real, fake = LOGITS, LOGITS.flip(0)
    total = Minimax().discriminator(real, fake) + Minimax().generator(real, fake)
    torch.testing.assert_close(total, torch.nn.functional.softplus(-real).mean())


def test_wasserstein_of_two_points():
    """The best critic of slope 1 between points at 0 and d tells their distance."""
    assert Wasserstein().discriminator(torch.tensor([0.0]), torch.tensor([-3.0])).item() == -3.0


def test_relativistic_sides_mirror():
    real, fake = LOGITS, LOGITS.flip(0) * 0.7
    torch.testing.assert_close(Relativistic().discriminator(real, fake), Relativistic().generator(fake, real))


def test_relativistic_average_by_hand():
    """Each logit against the mean of the other side; probabilities that a sample is the more real one."""
    real, fake = torch.tensor([1.0, 3.0], dtype=torch.float64), torch.tensor([-1.0, 0.5], dtype=torch.float64)
    says = lambda a: 1 / (1 + math.exp(-a))  # noqa: E731
    right = [says(1 + 0.25), says(3 + 0.25)], [1 - says(-1 - 2), 1 - says(0.5 - 2)]
    expected = -sum(sum(map(math.log, side)) / 2 for side in right)
    assert RelativisticAverage().discriminator(real, fake).item() == pytest.approx(expected)
    wrong = [1 - says(1 + 0.25), 1 - says(3 + 0.25)], [says(-1 - 2), says(0.5 - 2)]
    expected = -sum(sum(map(math.log, side)) / 2 for side in wrong)
    assert RelativisticAverage().generator(real, fake).item() == pytest.approx(expected)


def test_relativistic_average_on_two_ranks():
    """The mean over ranks of what each minimises is what one process minimises: the inner means are of all."""
    logits = [LOGITS[:20], LOGITS.flip(0)[:20] * 0.7]
    for side in (RelativisticAverage().discriminator, RelativisticAverage().generator):
        rest = [x.clone().requires_grad_() for x in logits]
        expected = torch.autograd.grad(side(*rest), rest)

        def play(ranks, side=side):
            mine = [x.chunk(2)[ranks.index].clone().requires_grad_() for x in logits]
            PLAYING.set(Round(None, draws_of(), ranks=ranks))  # of this thread alone
            return torch.autograd.grad(side(*mine), mine)

        halves = Threads.run(2, play)
        for i, slope in enumerate(expected):
            torch.testing.assert_close(torch.cat([half[i] for half in halves]) / 2, slope)


@pytest.mark.parametrize(
    ("distance", "divergence", "minimax", "non_saturating"),
    [(0.5, 0.03031, 0.235, 0.265), (1, 0.11142, 0.398, 0.602), (2, 0.33683, 0.450, 1.55), (4, 0.63272, 0.137, 3.86)],
)
def test_gaussians_at_the_optimal_discriminator(distance, divergence, minimax, non_saturating):
    """N(0, 1) against N(d, 1): the optimal cost is log 4 - 2 JS, and G's gradients have known sizes."""
    x = torch.linspace(-12, 16, 40001, dtype=torch.float64)
    normal = torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    shifted = torch.exp(-((x - distance) ** 2) / 2) / math.sqrt(2 * math.pi)
    logit = distance * (distance / 2 - x)  # log p / q
    cost = torch.trapezoid(
        normal * torch.nn.functional.softplus(-logit) + shifted * torch.nn.functional.softplus(logit), x
    )
    assert (math.log(4) - cost.item()) / 2 == pytest.approx(divergence, abs=1e-5)
    for loss, expected in ((Minimax(), minimax), (NonSaturating(), non_saturating)):
        per_sample = slope(loss, logit) * -distance  # d logit / d x
        assert torch.trapezoid(shifted * per_sample, x).abs().item() == pytest.approx(expected, rel=5e-3)


def test_broadcasting_is_refused():
    with pytest.raises(ValueError, match=r"\[4, 1\] \(real\) and \[4\] \(fake\)"):
        NonSaturating().discriminator(torch.zeros(4, 1), torch.zeros(4))


def test_a_level_means_something_where_the_loss_sees_it():
    for loss in (Minimax(), NonSaturating(), MaximumLikelihood(), Hinge(), LeastSquares(), losses.KL()):
        assert decisive(loss)
    for loss in (Wasserstein(), Relativistic(), RelativisticAverage(), losses.TotalVariation()):
        assert not decisive(loss)


class Mine(losses.NonSaturating):
    pass


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ("entropy", "loss is 'entropy'; expected an object with a side for each player: losses."),
        ("hinge", "loss is 'hinge'; expected an object: write losses.Hinge()"),
        ("non-saturating", "write losses.NonSaturating()"),
        ("wasserstein_gp", "write losses.Wasserstein()"),
        (losses.Relativistic, "loss is the class Relativistic; expected an object: write losses.Relativistic()"),
        (Mine, "loss is the class Mine; expected an object: write Mine()"),
        (torch.nn.BCEWithLogitsLoss(), "loss is a BCEWithLogitsLoss; expected an object with a side for each player"),
        (torch.nn.functional.softplus, "discriminator(real, fake) and generator(real, fake)"),
        (None, "loss is a NoneType; expected"),
    ],
)
def test_what_is_no_loss_is_told_the_right_one(loss, said):
    with pytest.raises(TypeError, match=re.escape(said)):
        losses.adversarial(loss)
    with pytest.raises(TypeError, match=re.escape(said)):
        GAN(MLP(2, 2), MLP(2, 1, logits=True), Normal(2), loss)


def test_losses_of_ones_own_are_taken():
    mine = Mine()
    assert losses.adversarial(mine) is mine


def test_batches_of_unequal_size_are_no_matter_of_flattening():
    with pytest.raises(ValueError, match="give one logit for each sample, and the same number of both"):
        losses.NonSaturating().discriminator(torch.zeros(4), torch.zeros(3))


@pytest.mark.parametrize("loss", [NonSaturating(), Wasserstein(), Hinge()], ids=repr)
def test_what_is_no_logits_is_named(loss):
    with pytest.raises(TypeError, match=r"NoneType \(real\) and Tensor \(fake\); .* give the logits of `fake` twice"):
        loss.generator(None, LOGITS)
    with pytest.raises(TypeError, match=r"Tensor \(real\) and float \(fake\)"):
        loss.discriminator(LOGITS, 0.5)
