"""The best discriminator under soft and wrong labels, found by minimising, against equation 15 of the tutorial."""

import contextlib
import math

import pytest
import torch

from rounds import round_of
from sparring.losses import BEGAN, MMD, Minimax, NoisyLabels, NonSaturating, Relativistic, Smoothed, Wasserstein
from sparring.round import PLAYING

DATA, MODEL = torch.tensor([4, 3, 2, 0, 1]), torch.tensor([4, 1, 3, 2, 0])
"""How often each of five states is in ten real and in ten generated samples; the first one as often in both."""


@contextlib.contextmanager
def within(round):
    token = PLAYING.set(round)
    try:
        yield
    finally:
        PLAYING.reset(token)


def best(cost):
    """The discriminator's answers D [5] that minimise a cost of its logits at real and at generated samples."""
    logits = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    steps = torch.optim.LBFGS(
        [logits], max_iter=500, tolerance_grad=1e-12, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def closure():
        steps.zero_grad()
        value = cost(logits.repeat_interleave(DATA), logits.repeat_interleave(MODEL))
        value.backward()
        return value

    steps.step(closure)
    return torch.sigmoid(logits.detach())


@pytest.mark.parametrize("loss", [NonSaturating(), Minimax()])
@pytest.mark.parametrize(("real", "fake"), [(0.9, 0.0), (0.9, 0.1), (0.8, 0.3), (1.0, 0.2)])
def test_the_best_discriminator(loss, real, fake):
    found = best(Smoothed(loss, real, fake).discriminator)
    expected = (real * DATA + fake * MODEL).double() / (DATA + MODEL)
    torch.testing.assert_close(found[:3], expected[:3], rtol=0, atol=1e-6)
    torch.testing.assert_close(
        found[3:], expected[3:], rtol=0, atol=1e-3
    )  # logits without end where a target is 0 or 1


def test_where_both_are_as_likely():
    """.45 by one-sided smoothing, and no peak where only the model is; a second target makes one."""
    one, two = best(Smoothed(real=0.9).discriminator), best(Smoothed(real=0.9, fake=0.1).discriminator)
    assert one[0].item() == pytest.approx(0.45, abs=1e-4)
    assert two[0].item() == pytest.approx(0.5, abs=1e-4)
    assert one[3].item() < 1e-4
    assert two[3].item() == pytest.approx(0.1, abs=1e-4)


def test_hard_targets_are_the_loss_itself():
    real, fake = torch.randn(2, 7).double()
    for loss in (NonSaturating(), Minimax()):
        hard = Smoothed(loss, 1.0, 0.0)
        torch.testing.assert_close(hard.discriminator(real, fake), loss.discriminator(real, fake))
        assert hard.generator(real, fake) == loss.generator(real, fake)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_wrong_labels_are_soft_ones_on_average(share):
    """Over 4,000 rounds, within 4 standard errors; the same round has the same wrong labels."""
    loss, real, fake = NoisyLabels(NonSaturating(), share), *torch.linspace(-2, 3, 16).double().view(2, 8)
    values = []
    for seed in range(4000):
        with within(round_of(seed=seed)):
            values.append(loss.discriminator(real, fake))
            assert values[-1] == loss.discriminator(real, fake)
    soft = Smoothed(NonSaturating(), 1 - share, share).discriminator(real, fake)
    spread = torch.stack(values).std().item()
    assert spread > 0.05
    assert abs(torch.stack(values).mean() - soft) < 4 * spread / math.sqrt(4000)


def test_which_pairs_change_sides():
    """Those whose number is below the share; of features whole rows do."""
    round, loss = round_of(), NoisyLabels(Wasserstein(), 0.4)
    wrong = round.chance.uniform("noisy labels") < 0.4
    assert 0 < wrong.sum() < 8
    real, fake = torch.arange(8.0), torch.zeros(8)
    with within(round):
        assert loss.discriminator(real, fake).item() == pytest.approx(((2 * wrong - 1) * real).mean().item())
        assert loss.generator(real, real) == Wasserstein().generator(real, real)
        x, y = torch.randn(2, 8, 3)
        sides = torch.where(wrong[:, None], y, x), torch.where(wrong[:, None], x, y)
        assert NoisyLabels(MMD(), 0.4).discriminator(x, y) == MMD().discriminator(*sides)


def test_outside_a_game_no_label_is_wrong():
    real, fake = torch.randn(2, 7)
    assert NoisyLabels(share=0.4).discriminator(real, fake) == NonSaturating().discriminator(real, fake)


def test_what_wraps_a_loss_is_as_the_loss():
    assert NoisyLabels(Relativistic()).needs_real
    assert NoisyLabels(MMD()).across
    assert not Smoothed().log_ratio
    assert NoisyLabels(Smoothed()).reads is NonSaturating().reads


@pytest.mark.parametrize("loss", [Wasserstein(), MMD(), Smoothed(), BEGAN()])
def test_only_cross_entropy_has_targets(loss):
    with pytest.raises(ValueError, match=r"does not minimise cross entropy.*losses\.Smoothed\(losses\.NonSat"):
        Smoothed(loss)


@pytest.mark.parametrize(("real", "fake"), [(1.1, 0.0), (0.5, 0.5), (0.9, -0.1)])
def test_targets_are_probabilities(real, fake):
    with pytest.raises(ValueError, match="expected 0 <= fake < real <= 1"):
        Smoothed(real=real, fake=fake)


def test_less_than_half_of_the_labels_are_wrong():
    with pytest.raises(ValueError, match=r"the share of wrong labels is 0\.5"):
        NoisyLabels(share=0.5)


def test_a_loss_with_a_state_is_not_hidden_in_a_value():
    with pytest.raises(TypeError, match="BEGAN has a state"):
        NoisyLabels(BEGAN())
