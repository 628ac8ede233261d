"""A DCGAN: batch norm in both players, pictures as bytes."""

import torch

from sparring import GAN, InMemory, Key, Normal
from sparring.networks.dcgan import Discriminator, Generator


def tiny():
    pictures = Key(1).integers("data", (24, 1, 9, 8), 256).to(torch.uint8)
    return GAN(Generator((1, 9, 8), 3, 2), Discriminator((1, 9, 8), 2), Normal(3)), {"real": InMemory(pictures)}
