"""Divergences of Gaussians whose log ratio is known, against quadrature and formulas."""

import pytest
import torch

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer
from sparring.losses import NonSaturating, Wasserstein, estimates


@pytest.mark.parametrize(("distance", "js"), [(0.5, 0.03031), (1, 0.11142), (2, 0.33683), (4, 0.63272)])
def test_shifted_gaussians(distance, js):
    """N(0, 1) against N(d, 1): KL is d^2 / 2 both ways."""
    steps = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 200_000
    real = torch.special.ndtri(steps)
    logit = lambda x: distance * (distance / 2 - x)  # noqa: E731 - log p / q
    found = {name: of(logit(real), logit(real + distance)).item() for name, of in estimates(NonSaturating()).items()}
    assert found["kl"] == pytest.approx(distance**2 / 2, rel=1e-4)
    assert found["reverse_kl"] == pytest.approx(distance**2 / 2, rel=1e-4)
    assert found["js"] == pytest.approx(js, abs=1e-5)


def test_a_critic_that_is_no_log_ratio_is_refused():
    with pytest.raises(ValueError, match="the logit of Wasserstein is not log p_data / p_model"):
        estimates(Wasserstein())


def test_a_gan_logs_what_it_is_told_to_watch():
    loss = NonSaturating()
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), loss, watch=estimates(loss))
    round = next(Trainer(Phase(game, {}, {"real": InMemory(Key(0).normal("x", (64, 2)))}, 1)).turns())
    watched = game("discriminator", round).watch
    assert watched["kl"] == watched["real_logit"]
    assert watched["reverse_kl"] == -watched["fake_logit"]
    assert watched["js"] < 0.7
