"""A DCGAN: batch norm in both players, pictures as bytes, weights laid out channels last."""

import torch

from sparring import GAN, InMemory, Key, Normal
from sparring.networks.dcgan import Discriminator, Generator


def tiny():
    pictures = Key(1).integers("data", (24, 2, 17, 16), 256).to(torch.uint8)
    game = GAN(Generator((2, 17, 16), 3, 2), Discriminator((2, 17, 16), 2), Normal(3))
    return game.to(memory_format=torch.channels_last), {"real": InMemory(pictures)}
