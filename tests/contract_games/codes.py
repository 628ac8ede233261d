"""InfoGAN (Chen et al. 2016): a class and a number in the latents, which a head Q reads from the generated samples.

Equation 6 is minimised over G and Q, so the generator moves the head. The trunk that Q shares is the discriminator's.
"""

from dataclasses import replace

import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from sparring import GAN, MLP, InMemory, Key, Normal

CLASSES = 3


class Trunk(nn.Module):
    """Logits [B] and features [B, width]."""

    def __init__(self, size, width):
        super().__init__()
        self.features, self.logit = nn.Sequential(nn.Linear(size, width), nn.Tanh()), MLP(width, 1, logits=True)

    def forward(self, x):
        features = self.features(x)
        return self.logit(features), features


class InfoGAN(GAN):
    def __init__(self, generator, discriminator, latent, head):
        super().__init__(generator, discriminator, latent)
        self.head = head

    def players(self):
        sides = super().players()
        generator = sides["generator"]
        return sides | {"generator": replace(generator, controls=(*generator.controls, self.head))}

    def codes(self, round):
        """A class [B] and a number [B, 1] in (-1, 1)."""
        return round.chance.integers("class", high=CLASSES), 2 * round.chance.uniform("number", 1) - 1

    def latents(self, round):
        label, number = self.codes(round)
        return torch.cat([super().latents(round), one_hot(label, CLASSES), number], 1)

    def reading(self, output):
        return super().reading(output[0])

    def generator_cost(self, round):
        label, number = self.codes(round)
        guess = self.head(self.judged_fake(round)[1][1])
        likelihood = (guess[:, CLASSES:] - number).square().mean() / 2  # of a Gaussian of variance 1
        return super().generator_cost(round).plus(label=cross_entropy(guess[:, :CLASSES], label), number=likelihood)


def tiny():
    game = InfoGAN(MLP(3 + CLASSES + 1, 8, 2), Trunk(2, 8), Normal(3), nn.Linear(8, CLASSES + 1))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
