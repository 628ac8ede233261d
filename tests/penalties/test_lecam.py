import pytest
import torch

from evaluations import critique, samples
from rounds import draws_of
from sparring import Round
from sparring.penalties import Critique, LeCam


def test_moving_averages_by_hand():
    """Of 1, 4 and 10 with decay .5, weights that sum to 1: 1; (.5 + 4) / 1.5 = 3; (.25 + 2 + 10) / 1.75 = 7."""
    penalty, averages = LeCam(0.5).double(), []
    for mean in (1.0, 4.0, 10.0):
        penalty.move(torch.tensor(mean), torch.tensor(-2 * mean))
        averages.append((penalty.real.item(), penalty.fake.item()))
    for found, expected in zip(averages, (1, 3, 7), strict=True):
        assert found == pytest.approx((expected, -2 * expected), rel=1e-12)


def test_an_average_of_one_number_is_that_number():
    """From the first turn on, however slowly it decays."""
    penalty = LeCam(0.99).double()
    for _ in range(50):
        penalty.move(torch.tensor(3.0), torch.tensor(-5.0))
        assert (penalty.real.item(), penalty.fake.item()) == pytest.approx((3, -5), rel=1e-9)


def test_each_logit_against_the_average_of_the_other_side():
    real, fake = samples(6, 5)
    penalty = LeCam().double()
    penalty.real.fill_(0.7)
    penalty.fake.fill_(-0.4)
    it = critique(lambda x: x.sum(1), real, fake)
    torch.testing.assert_close(penalty(it), (real.sum(1) + 0.4) ** 2 + (fake.sum(1) - 0.7) ** 2)


def test_averages_move_once_a_turn_and_afterwards():
    """However often the turn asks for the penalty; by the means of its logits."""
    penalty, actions = LeCam(0.5).double(), {}
    real, fake = samples(6, 5)
    round = Round(lambda name: None, draws_of(6), later=actions)
    it = Critique(round, torch.sum, real, fake, real.sum(1), fake.sum(1))
    values = [penalty(it) for _ in range(3)]
    assert torch.equal(values[0], values[2])
    assert not any(buffer.any() for buffer in penalty.buffers())
    for action in actions.values():
        action()
    torch.testing.assert_close(penalty.real, real.sum(1).mean())
    torch.testing.assert_close(penalty.fake, fake.sum(1).mean())
    assert penalty.count == 1


@pytest.mark.parametrize("decay", [-0.1, 1.0])
def test_decay_is_a_share(decay):
    with pytest.raises(ValueError, match="less than 1"):
        LeCam(decay)
