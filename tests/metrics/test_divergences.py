import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparring import Key, losses
from sparring.metrics import divergences as d

JS = {0.5: 0.03031, 1.0: 0.11142, 2.0: 0.33683, 4.0: 0.63272, 8.0: 0.69305}


def closed_forms(shift):
    """Divergences of N(0, 1) and N(shift, 1)."""
    return {
        d.KL: shift**2 / 2,
        d.REVERSE_KL: shift**2 / 2,
        d.PEARSON: math.expm1(shift**2),
        d.NEYMAN: math.expm1(shift**2),
        d.HELLINGER: -2 * math.expm1(-(shift**2) / 8),
        d.JEFFREY: shift**2,
        d.JENSEN_SHANNON: JS[shift],
        d.GAN: 2 * JS[shift] - math.log(4),
        d.TOTAL_VARIATION: math.erf(shift / math.sqrt(8)),
    }


def ratio(x, shift):
    """Logarithm of the ratio of the densities."""
    return shift**2 / 2 - shift * x


def integral(divergence, shift):
    """E_p[T] - E_q[f*(T)] by the trapezoidal rule."""
    x = torch.linspace(-25, 35, 600_001, dtype=torch.float64)
    density = torch.distributions.Normal(0.0, torch.tensor(1.0, dtype=torch.float64))
    p, q, v = density.log_prob(x).exp(), density.log_prob(x - shift).exp(), ratio(x, shift)
    return torch.trapezoid(p * divergence.at_real(v) - q * divergence.at_fake(v), x).item()


@pytest.mark.parametrize("divergence", d.DIVERGENCES, ids=lambda row: row.name)
@pytest.mark.parametrize("shift", JS)
def test_gaussians_by_quadrature(divergence, shift):
    printed = divergence in (d.JENSEN_SHANNON, d.GAN)  # known to five digits
    wanted = pytest.approx(closed_forms(shift)[divergence], rel=2e-5 if not printed else 0, abs=2e-5)
    assert integral(divergence, shift) == wanted


@pytest.mark.parametrize("divergence", d.DIVERGENCES, ids=lambda row: row.name)
def test_gaussians_by_samples(divergence):
    n, shift = 100_000, 0.5
    real, fake = Key(0).normal("real", (n,)), Key(0).normal("fake", (n,)) + shift
    found = divergence(ratio(real, shift), ratio(fake, shift))
    assert abs(found.value - closed_forms(shift)[divergence]) < 4 * found.standard_error
    assert 0 < found.standard_error < 0.02


def test_the_standard_error_is_the_spread_of_repetitions():
    def estimates():
        for seed in range(300):
            x = Key(seed).normal("x", (2, 100))
            yield d.JENSEN_SHANNON(ratio(x[0], 1.0), ratio(x[1] + 1.0, 1.0))

    values, errors = torch.tensor([(e.value, e.standard_error) for e in estimates()]).T
    assert errors.mean().item() == pytest.approx(values.std().item(), rel=0.15)


FUNCTIONS = {
    d.KL: lambda u: u * u.log(),
    d.REVERSE_KL: lambda u: -u.log(),
    d.PEARSON: lambda u: (u - 1) ** 2,
    d.NEYMAN: lambda u: (1 - u) ** 2 / u,
    d.HELLINGER: lambda u: (u.sqrt() - 1) ** 2,
    d.JEFFREY: lambda u: (u - 1) * u.log(),
    d.JENSEN_SHANNON: lambda u: (u * u.log() - (u + 1) * ((1 + u) / 2).log()) / 2,
    d.GAN: lambda u: u * u.log() - (u + 1) * (u + 1).log(),
    d.TOTAL_VARIATION: lambda u: (u - 1).abs() / 2,
}


@pytest.mark.parametrize("divergence", d.DIVERGENCES, ids=lambda row: row.name)
def test_fenchel_and_young(divergence):
    """T = f'(u) by autograd; f*(t) = sup_u ut - f(u): T's is reached at u = e^v and nowhere exceeded."""
    v = torch.linspace(-5, 5, 100, dtype=torch.float64)  # without 0, where total variation has a kink
    u = v.exp().requires_grad_()
    f = FUNCTIONS[divergence](u)
    (slope,) = torch.autograd.grad(f.sum(), u)
    t, conjugate = divergence.at_real(v), divergence.at_fake(v)
    torch.testing.assert_close(t, slope)
    torch.testing.assert_close(conjugate, (u * t - f).detach())
    assert (u[:, None] * t - f[:, None] <= conjugate + 1e-9).all()


@given(st.floats(-3, 3), st.floats(0, 3))
def test_a_wrong_logit_sees_less(offset, scale):
    x = torch.linspace(-9, 10, 4001, dtype=torch.float64)
    p, q = (torch.exp(-((x - centre) ** 2) / 2) / math.sqrt(2 * math.pi) for centre in (0.0, 1.0))
    v = offset + scale * ratio(x, 1.0)
    for divergence, wanted in closed_forms(1.0).items():
        found = torch.trapezoid(p * divergence.at_real(v) - q * divergence.at_fake(v), x).item()
        assert found <= wanted + 2e-5


@pytest.mark.parametrize("divergence", [row for row in d.DIVERGENCES if row != d.GAN], ids=lambda row: row.name)
def test_nothing_to_tell(divergence):
    """Logits of 0 say p = q."""
    assert divergence(torch.zeros(3), torch.zeros(5)) == d.Estimate(0.0, 0.0)


def test_the_gan_value_is_the_discriminators_cost():
    real, fake = Key(0).normal("v", (2, 50), torch.float64)
    assert d.GAN(real, fake).value == pytest.approx(-losses.Minimax().discriminator(real, fake).item())
    assert d.GAN(torch.zeros(4), torch.zeros(4)).value == pytest.approx(-math.log(4))


@given(st.permutations(range(7)))
def test_order_does_not_matter(order):
    real, fake = Key(0).normal("v", (2, 7))
    for divergence in d.DIVERGENCES:
        assert divergence(real[order], fake).value == pytest.approx(divergence(real, fake).value, rel=1e-12)


def test_bounded_divergences_at_large_logits():
    """Exact where the discriminator is as sure as float64 can be."""
    sure = torch.tensor([1000.0, 1000.0])
    assert d.JENSEN_SHANNON(sure, -sure).value == pytest.approx(math.log(2))
    assert d.TOTAL_VARIATION(sure, -sure).value == 1
    assert d.GAN(sure, -sure).value == 0


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (torch.zeros(3, 1), torch.zeros(3), r"real logits have shape \[3, 1\]; expected \[n\].*squeeze"),
        (torch.zeros(3), torch.zeros(1), "got 1 fake logits' samples; expected at least 2"),
        (torch.tensor([0.0, torch.nan]), torch.zeros(2), "NaN or infinity, first in row 1"),
        (torch.zeros(2), torch.full((2,), 1000.0), r"KL\(p, q\) is infinite .* up to 1000: use Jensen-Shannon"),
    ],
)
def test_what_cannot_be_read_is_refused(real, fake, message):
    with pytest.raises(ValueError, match=message):
        d.KL(real, fake)
