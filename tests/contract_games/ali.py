"""ALI (Dumoulin et al. 2017): a BiGAN whose encoder draws codes from a Gaussian."""

from sparring import MLP, InMemory, Key, Normal
from sparring.games.images.bigan import ALI
from sparring.networks.pairs import Pairs


def tiny():
    game = ALI(MLP(3, 8, 2), MLP(2, 8, 2 * 3), Pairs(MLP(2, 8, 4), 4 + 3, 8), Normal(3))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
