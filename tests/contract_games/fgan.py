"""An f-GAN (Nowozin et al. 2016): both terms of the Jeffreys divergence have exponentials of the logit."""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.losses import Jeffreys


def tiny():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), Jeffreys())
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
