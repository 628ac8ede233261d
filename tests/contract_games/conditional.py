"""A projection GAN (Miyato and Koyama 2018): both networks are told the label, the generator by gains of its norm."""

from torch import nn
from torch.nn.functional import relu

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.batch_norm import BatchNorm1d

CLASSES = 3


class Projection(nn.Module):
    """psi(phi(x)) + phi(x) V y, equation 3, y one-hot: a row of V."""

    def __init__(self, size, width):
        super().__init__()
        self.phi, self.psi, self.v = nn.Linear(size, width), nn.Linear(width, 1), nn.Embedding(CLASSES, width)

    def forward(self, x, y):
        features = self.phi(x).tanh()
        return self.psi(features)[:, 0] + (features * self.v(y)).sum(1)


class ConditionalNorm(nn.Module):
    """A gain and a bias for each class (Dumoulin et al. 2017, equation 5)."""

    def __init__(self, latent, width, size):
        super().__init__()
        self.before, self.norm = nn.Linear(latent, width, bias=False), BatchNorm1d(width, affine=False)
        self.gain, self.bias = nn.Embedding(CLASSES, width), nn.Embedding(CLASSES, width)
        self.after = MLP(width, size)

    def forward(self, z, y):
        return self.after(relu(self.norm(self.before(z)) * self.gain(y) + self.bias(y)))


class Conditional(GAN):
    def given(self, round):
        return (round.stream("real").y,)


def data():
    labels = Key(1).integers("labels", (64,), CLASSES)
    return {"real": InMemory(Key(1).normal("data", (64, 2)) + labels[:, None], labels)}


def tiny():
    return Conditional(ConditionalNorm(3, 8, 2), Projection(2, 8), Normal(3)), data()
