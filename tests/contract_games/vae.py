"""A variational autoencoder (Kingma and Welling 2014): one player, who minimises the negative bound of equation 10."""

import math

from sparring import MLP, Cost, Game, InMemory, Key, Player


class VAE(Game):
    """x given z is Gaussian with variance 1, around what the decoder gives."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def players(self):
        return {"both": Player((self.encoder, self.decoder), self.cost)}

    def cost(self, round):
        x = round.stream("data").x
        mean, log_variance = self.encoder(x).chunk(2, 1)
        z = mean + (log_variance / 2).exp() * round.chance.normal("noise", mean.shape[1])
        gap = (x - self.decoder(z)).square().sum(1) / 2 + x.shape[1] / 2 * math.log(2 * math.pi)
        divergence = (log_variance.exp() + mean.square() - 1 - log_variance).sum(1) / 2  # appendix B
        return Cost({"reconstruction": gap.mean(), "divergence": divergence.mean()})


def tiny():
    return VAE(MLP(4, 8, 2 * 2), MLP(2, 8, 4)), {"data": InMemory(Key(1).normal("data", (64, 4)))}
