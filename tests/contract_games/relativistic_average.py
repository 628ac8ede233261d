"""The relativistic average game (Jolicoeur-Martineau 2019, equations 10 and 11): each logit against the others' mean.

The mean is over the whole batch, however many ranks share it: the loss asks the round that is played.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch.nn.functional import softplus

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.game import playing
from sparring.losses import LOGITS

DECLARED = Declared(still={"discriminator.layers.3.bias": "the loss cancels the critic's output bias"})


def mean(logits):
    round = playing()
    return (logits if round is None else round.gather(logits)).mean()


@dataclass(frozen=True)
class RelativisticAverage:
    reads: ClassVar = LOGITS
    needs_real: ClassVar = True
    across: ClassVar = True
    exact: ClassVar = 100.0
    log_ratio: ClassVar = False

    def discriminator(self, real, fake):
        self.reads.check(real, fake)
        return softplus(mean(fake) - real).mean() + softplus(fake - mean(real)).mean()

    def generator(self, real, fake):
        return self.discriminator(fake, real)


def tiny():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), RelativisticAverage())
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
