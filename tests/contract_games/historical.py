"""Historical averaging (Salimans et al. 2016) of both players, of one of them lazily."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.penalties import HistoricalAverage, Lazy


def tiny():
    generator, critic = MLP(3, 8, 2), MLP(2, 8, 1, activation=nn.Tanh, logits=True)
    penalties, regularizers = {HistoricalAverage(critic): 0.5}, {Lazy(HistoricalAverage(generator), 2): 0.3}
    game = GAN(generator, critic, Normal(3), penalties=penalties, regularizers=regularizers)
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
