"""The relativistic average game (Jolicoeur-Martineau 2018): a loss that looks across the examples of a batch.

Its means are over the whole batch, however many ranks share it: the loss asks the round that is played.
"""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.losses import RelativisticAverage

DECLARED = Declared(still={"discriminator.layers.3.bias": "the loss cancels the critic's output bias"})


def tiny():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), RelativisticAverage())
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
