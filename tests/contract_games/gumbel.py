"""Sequences written straight through Gumbel-softmax draws (Jang et al. 2016), the temperature falling."""

import torch

from sparring import InMemory, Key
from sparring.checks import Declared, Estimator
from sparring.games.text.gumbel import GumbelGAN
from sparring.latents import Gumbel
from sparring.layers.gumbel_softmax import gumbel_softmax, straight_through
from sparring.networks.recurrent import Recurrent
from sparring.networks.relaxed import Relaxed
from sparring.networks.text_cnn import TextCNN
from sparring.schedules import geometric


def oracle():
    """At a high temperature T the gradient of a linear reward is that of its mean, over T, whatever is drawn."""
    logits = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    reward = Key(1).normal("reward", (5,), torch.float64)
    noise = Gumbel((5,))(Key(2).rows(1))[0].double()
    y = straight_through(gumbel_softmax(logits, noise, 1e6))
    [slope] = torch.autograd.grad(y @ reward, logits)
    torch.testing.assert_close(slope * 1e6, (reward - reward.mean()) / 5, rtol=1e-4, atol=1e-5)


DECLARED = Declared(estimators={"generator": Estimator("straight through Gumbel-softmax, Jang et al. 2016", oracle)})


def tiny():
    game = GumbelGAN(Relaxed(Recurrent(3, 4, 6), geometric(1.0, 0.3)), TextCNN(3, 6))
    return game, {"real": InMemory((Key(1).integers("start", (40, 1), 3) + torch.arange(4)) % 3)}
