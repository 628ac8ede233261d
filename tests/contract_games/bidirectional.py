"""BiGAN (Donahue et al. 2017): the discriminator tells pairs (x, E(x)) from (G(z), z); G and E play as one.

Both sides of the value function count for G and E, equation 2; as in the paper's code they get the labels exchanged.
"""

from dataclasses import replace

import torch

from sparring import GAN, MLP, Cost, InMemory, Key, Normal


class Pairs(MLP):
    def forward(self, x, z):
        return super().forward(torch.cat([x, z], 1))


class BiGAN(GAN):
    def __init__(self, generator, encoder, discriminator, latent):
        super().__init__(generator, discriminator, latent)
        self.encoder = encoder

    def players(self):
        sides = super().players()
        return sides | {"generator": replace(sides["generator"], controls=(self.generator, self.encoder))}

    def judged_real(self, round):
        def judge():
            x = round.stream("real").x
            return x, self.critic(x, self.encoder(x))

        return round.once("judged real", judge, of=(self.encoder, self.discriminator))

    def judged_fake(self, round):
        def judge():
            z, x = self.generated(round)
            return x, self.critic(x, z)

        return round.once("judged fake", judge, of=(self.generator, self.discriminator))

    def judge(self, x, y=None):
        return super().judge(x, self.encoder(x))

    def generator_cost(self, round):
        (_, real), (_, fake) = self.judged_real(round), self.judged_fake(round)
        return Cost({"loss": self.loss.discriminator(fake, real)})


def tiny():
    game = BiGAN(MLP(3, 8, 2), MLP(2, 8, 3), Pairs(5, 8, 1, logits=True), Normal(3))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
