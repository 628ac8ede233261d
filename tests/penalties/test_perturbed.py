import numpy as np
import pytest
import torch

from evaluations import critique, samples
from sparring.penalties import dragan


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_quadratic_critic_and_the_noise_of_the_authors_code(shape):
    """D(x) = a ||x||^2 / 2 has the gradient a x; points are x + alpha .5 std(batch) U(0, 1), in numpy."""
    real, fake = samples(6, *shape)
    it = critique(lambda x: 0.2 * x.flatten(1).square().sum(1), real, fake)
    noise, alpha = it.round.chance.uniform("dragan", *shape).numpy(), it.round.chance.uniform("dragan share").numpy()
    x = real.numpy()
    perturbed = x + 0.5 * np.std(x) * noise
    points = x + alpha.reshape(-1, *[1] * len(shape)) * (perturbed - x)
    expected = (0.4 * np.linalg.norm(points.reshape(6, -1), axis=1) - 1) ** 2
    torch.testing.assert_close(dragan(it), torch.from_numpy(expected))


def test_generated_samples_are_no_matter():
    real, fake = samples(6, 5)
    values = [dragan(critique(lambda x: x.square().sum(1), real, other)) for other in (fake, -3 * fake)]
    assert torch.equal(*values)
