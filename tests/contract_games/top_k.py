"""Top-k training (Sinha et al. 2020) with pairs, three of eight samples: the best of both ranks."""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.losses import Relativistic, TopK

DECLARED = Declared(still={"discriminator.layers.3.bias": "the loss cancels the critic's output bias"})


def tiny():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), TopK(Relativistic(), share=3 / 8))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
