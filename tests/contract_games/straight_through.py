"""A generator of bits, whose gradient passes straight through the draw (Bengio et al. 2013, section 3.1)."""

import torch
from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared, Estimator
from sparring.game import playing


def passed(probability, chance):
    """Bits that are 1 with a probability, with the gradient of the probability."""
    return probability + ((chance < probability).to(probability) - probability).detach()


class Bits(nn.Module):
    """From logits [B, K] to bits [B, K]."""

    def forward(self, logits):
        round = playing()
        return passed(logits.sigmoid(), torch.rand_like(logits) if round is None else round.chance.like(logits))


def multilinear(bits):
    """A function of three bits that is linear in each: for such the estimator has no bias."""
    a, b, c = bits.unbind(-1)
    return a * b - 2 * b * c + a * b * c + 3 * c - a


def oracle():
    """Over all eight outcomes the mean of the estimates is the gradient of the mean."""
    logits = torch.tensor([0.3, -1.2, 0.8], dtype=torch.float64, requires_grad=True)
    probability = logits.sigmoid()
    mean, estimate = torch.zeros(()), torch.zeros(3)
    for outcome in torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * 3):
        weight = (outcome * probability + (1 - outcome) * (1 - probability)).prod()
        mean = mean + weight * multilinear(outcome)
        bits = passed(logits.sigmoid(), 1 - outcome)  # 0 lets any bit be 1, and 1 none
        assert torch.equal(bits.detach().round(), outcome)
        estimate = estimate + weight.detach() * torch.autograd.grad(multilinear(bits), logits)[0]
    torch.testing.assert_close(estimate, torch.autograd.grad(mean, logits)[0], rtol=1e-12, atol=1e-12)


DECLARED = Declared(estimators={"generator": Estimator("straight through bits, Bengio et al. 2013", oracle)})


def tiny():
    bits = (Key(1).uniform("data", (64, 4)) < 0.3).float()
    return GAN(nn.Sequential(MLP(3, 8, 4), Bits()), MLP(4, 8, 1, logits=True), Normal(3)), {"real": InMemory(bits)}
