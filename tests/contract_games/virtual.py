"""Virtual batch norm in the generator, reference batch norm in the critic (Salimans et al. 2016), under R1."""

from torch import nn

from sparring import GAN, InMemory, Key, Normal
from sparring.layers.reference_norm import ReferenceBatchNorm, Referenced, VirtualBatchNorm
from sparring.losses import NonSaturating
from sparring.penalties import r1


def tiny():
    pictures = Key(1).normal("data", (64, 1, 4, 4))
    layers = [nn.Linear(3, 8, bias=False), nn.Unflatten(1, (2, 2, 2)), VirtualBatchNorm(2), nn.Tanh()]
    critic = [nn.Conv2d(1, 3, 3, bias=False), ReferenceBatchNorm(3), nn.Tanh(), nn.Flatten(), nn.Linear(12, 1)]
    generator = nn.Sequential(*layers, nn.ConvTranspose2d(2, 1, 4, 2, 1))
    networks = Referenced(generator, Key(2).normal("latents", (6, 3))), nn.Sequential(*critic, nn.Flatten(0))
    game = GAN(networks[0], Referenced(networks[1], pictures[:6]), Normal(3), NonSaturating(), {r1: 0.1})
    return game, {"real": InMemory(pictures)}
