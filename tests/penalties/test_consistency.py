from dataclasses import dataclass

import pytest
import torch

from evaluations import KEY, critique, samples
from sparring.penalties import Consistency, Flip, Noise


@dataclass(frozen=True)
class Times:
    factor: float

    def __call__(self, x, chance, name):
        return self.factor * x


def test_the_change_of_a_linear_critic_is_that_of_the_noise():
    """w (x + e) - w x = w e, whatever x is."""
    w = KEY.normal("w", (5,), torch.float64)
    it = critique(lambda x: x @ w, *samples(6, 5))
    change = {side: 0.3 * it.round.chance.normal(f"consistency {side} 0 noise", 5) @ w for side in ("real", "fake")}
    noise = (Noise(0.3),)
    torch.testing.assert_close(Consistency(noise)(it), change["real"] ** 2)
    torch.testing.assert_close(Consistency(noise, ("fake",))(it), change["fake"] ** 2)
    both = Consistency(noise, ("real", "fake"))(it)
    torch.testing.assert_close(both, change["real"] ** 2 + change["fake"] ** 2)


def test_transforms_one_after_the_other_and_outputs_of_several_numbers():
    """D(x) = x^2, to 4 numbers each: the change of 2 * 3 x is 35 x^2."""
    real, fake = samples(6, 4)
    it = critique(torch.square, real, fake)
    torch.testing.assert_close(Consistency((Times(2.0), Times(3.0)))(it), 35**2 * real.pow(4).sum(1))


def test_a_critic_that_does_not_see_the_change_has_no_penalty():
    it = critique(lambda x: x.sum((1, 2, 3)) ** 2, *samples(6, 2, 3, 4))
    assert Consistency((Flip(),), ("real", "fake"))(it).abs().max() < 1e-20
    sees = critique(lambda x: x[..., 0].sum((1, 2)), *samples(6, 2, 3, 4))
    assert Consistency((Flip(),))(sees).any()


def test_the_term_says_of_which_samples():
    assert Consistency().__name__ == "consistency_real"
    assert len({Consistency(): 10.0, Consistency(of=("fake",)): 5.0}) == 2


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"transforms": Flip()}, TypeError, "expected a tuple of objects"),
        ({"transforms": (Flip,)}, TypeError, "expected a tuple of objects"),
        ({"transforms": ()}, ValueError, "there is no transform"),
        ({"of": ("reel",)}, ValueError, "expected .'real',."),
        ({"of": "real"}, ValueError, "expected .'real',."),
        ({"of": ()}, ValueError, "expected .'real',."),
    ],
)
def test_what_is_no_consistency_is_refused(wrong, error, said):
    with pytest.raises(error, match=said):
        Consistency(**wrong)
