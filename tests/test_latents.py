"""Latents given by the wrong kind are told the right one."""

import re

import pytest
import torch

from sparring import GAN, MLP, Key
from sparring.latents import Normal, Uniform, distribution


@pytest.mark.parametrize(
    ("latent", "said"),
    [
        (128, "latent is 128; expected a distribution of the generator's input: write Normal(128)"),
        ("normal", "latent is 'normal'; expected a distribution of the generator's input: write Normal("),
        (Uniform, "latent is the class Uniform; expected a distribution of the generator's input: write Uniform("),
        (torch.zeros(8, 2), "latent is a Tensor; expected a distribution"),
        (torch.distributions.Normal(0, 1), "latent is a Normal; expected a distribution"),
        (None, "latent is a NoneType; expected a distribution"),
    ],
)
def test_what_is_no_latent(latent, said):
    with pytest.raises(TypeError, match=re.escape(said)):
        GAN(MLP(2, 2), MLP(2, 1, logits=True), latent)


def test_latents_are_taken_as_they_are():
    for latent in (Normal(2), Uniform(3), lambda chance: chance.normal("z", 2)):
        assert distribution(latent) is latent


def test_uniform_latents_reach_as_far_as_they_are_told():
    z = Uniform(50, reach=3**0.5)(Key(0).rows(2000))
    assert 1.7 < z.abs().max() < 3**0.5
    assert z.var().item() == pytest.approx(1, abs=0.02)
    for reach in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="the reach of a latent is"):
            Uniform(2, reach=reach)
