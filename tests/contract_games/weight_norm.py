"""Weight norm in both networks (Salimans and Kingma 2016), begun by a batch, which R1 differentiates twice."""

from torch import nn

from sparring import GAN, InMemory, Key, Normal
from sparring.layers.weight_norm import initialise_by, weight_norm
from sparring.losses import NonSaturating
from sparring.penalties import r1


def tiny():
    pictures = Key(1).normal("data", (64, 1, 4, 4))
    layers = [nn.Linear(3, 8), nn.Tanh(), nn.Unflatten(1, (2, 2, 2)), nn.ConvTranspose2d(2, 1, 4, 2, 1)]
    critic = [nn.Conv2d(1, 3, 3, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(48, 1), nn.Flatten(0)]
    generator = initialise_by(weight_norm(nn.Sequential(*layers)), Key(2).normal("latents", (32, 3)))
    discriminator = initialise_by(weight_norm(nn.Sequential(*critic)), pictures)
    return GAN(generator, discriminator, Normal(3), NonSaturating(), {r1: 0.1}), {"real": InMemory(pictures)}
