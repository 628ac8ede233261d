"""A GAN of word embeddings (Goodfellow 2016, section 5.3), which the discriminator moves as well."""

from sparring import InMemory, Key
from sparring.games.text.embeddings import embedding_gan


def tiny():
    game = embedding_gan(3, 4, size=2, latent=3, width=6, learnt=True)
    return game, {"real": InMemory(Key(1).integers("words", (40, 4), 3))}
