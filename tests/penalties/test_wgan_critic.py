"""What penalties and clipping do to a critic of N(0, 1) against N(d, 1), whose distance is d."""

from functools import cache

import pytest
import torch
from torch import nn
from torch.distributions import Normal

from sparring import MLP, Key
from sparring.losses import Wasserstein
from sparring.penalties import critique, interpolated, interpolated_one_sided
from sparring.projections import Clip

WEIGHT, STEPS = 10.0, 300


@cache
def trained(d, penalty=None, bound=0.0, start=0.0, seed=0):
    """A critic after some steps of Adam, under a penalty or clipped, whose first slope has the sign of `start`."""
    torch.manual_seed(seed)
    critic = MLP(1, 32, 32, 1, activation=nn.Softplus, logits=True)
    last = critic.layers[-2].weight.data.mul_(0)
    if start:  # else flat
        last.fill_(start)
        critic.layers[1].weight.data.abs_()
        critic.layers[3].weight.data.abs_()
    optimizer = torch.optim.Adam(critic.parameters(), 5e-3, betas=(0.5, 0.9))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / STEPS)
    for _ in range(STEPS):
        it = critique(critic, torch.randn(256, 1), d + torch.randn(256, 1))
        loss = Wasserstein().discriminator(it.real_logits, it.fake_logits)
        loss = loss + WEIGHT * penalty(it).mean() if penalty else loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if bound:
            with torch.no_grad():
                Clip(bound)([*critic.parameters()])
    return critic


def looked_at(critic, d, n=20_000):
    """The mean slope where the penalty looks, and the difference of mean values."""
    key = Key(1)
    real, fake = key.normal("real", (n, 1)), d + key.normal("fake", (n, 1))
    points = torch.lerp(real, fake, key.uniform("weight", (n, 1))).requires_grad_()
    (slope,) = torch.autograd.grad(critic(points).sum(), points)
    with torch.no_grad():
        return slope.mean().item(), (critic(real).mean() - critic(fake).mean()).item()


def expected(d):
    """Of the best critic: its slope is -1 - (P - Q) / (2 weight r), where r is the density of the penalty's points.

    P and Q are the distribution functions. In the mean over r the slope is -1 - d / (2 weight), and the difference of
    values is d + the integral of (P - Q)^2 / (2 weight r): the penalty is soft, so that both are a little above.
    """
    x = torch.linspace(-6, 6 + d, 4001, dtype=torch.float64)
    u = ((torch.arange(400, dtype=torch.float64) + 0.5) / 400)[:, None]
    r = Normal(u * d, (u**2 + (1 - u) ** 2).sqrt()).log_prob(x).exp().mean(0)
    gap = Normal(0.0, 1.0).cdf(x) - Normal(d, 1.0).cdf(x)
    return -1 - d / (2 * WEIGHT), torch.trapezoid(gap + gap**2 / (2 * WEIGHT * r), x).item()


@pytest.mark.parametrize(("d", "penalty"), [(1.0, interpolated), (2.0, interpolated), (2.0, interpolated_one_sided)])
def test_under_the_penalty_the_slope_has_size_1_and_the_value_is_d(d, penalty):
    """Up to the softness of the penalty, which is known: 5% of slope and value at d = 1, 10% at d = 2."""
    found, (slope, value) = looked_at(trained(d, penalty), d), expected(d)
    assert found == (pytest.approx(-1, abs=0.06 * d), pytest.approx(d, rel=0.06 * d))
    assert found == (pytest.approx(slope, rel=0.01), pytest.approx(value, rel=0.02))


def test_a_wrong_sign_stays_under_the_two_sided_penalty_in_one_dimension():
    """The way from 1 to -1 leads over 0, which is punished: the slope ends at 1 - d / (2 weight). Not of one side."""
    wrong, _ = looked_at(trained(2.0, interpolated, start=0.01), 2.0)
    assert wrong == pytest.approx(1 - 2 / (2 * WEIGHT), rel=0.01)
    right, _ = looked_at(trained(2.0, interpolated_one_sided, start=0.01), 2.0)
    assert right == pytest.approx(expected(2.0)[0], rel=0.01)


def test_under_clipping_the_slope_is_whatever_the_bound_makes_it():
    """From a hundredth to ten, and the value with it: they say nothing of the distance 2."""
    slopes, values = zip(*(looked_at(trained(2.0, bound=bound), 2.0) for bound in (0.03, 0.1, 0.3)), strict=True)
    assert -0.02 < slopes[0] < 0
    assert -0.5 < slopes[1] < -0.1
    assert slopes[2] < -5
    for slope, value in zip(slopes, values, strict=True):
        assert value == pytest.approx(-2 * slope, rel=0.1), "the critic is nearly linear"


def piled_up(critic):
    """The share of weights whose size is within 1% of the largest one."""
    sizes = torch.cat([p.detach().flatten().abs() for p in critic.parameters() if p.ndim > 1])
    return (sizes > 0.99 * sizes.max()).float().mean().item()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_clipped_weights_pile_up_at_the_bound_and_others_do_not(seed):
    """The histograms of Gulrajani et al. (2017), as a sign."""
    clipped = trained(2.0, bound=0.1, seed=seed)
    assert max(p.abs().max().item() for p in clipped.parameters()) == pytest.approx(0.1)
    assert piled_up(clipped) > 0.3
    assert piled_up(trained(2.0, interpolated, seed=seed)) < 0.01
