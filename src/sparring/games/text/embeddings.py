"""A GAN whose generator makes word embeddings: real numbers, of which the nearest words are the text.

The third way to discrete outputs that Goodfellow (2016), https://arxiv.org/abs/1701.00160, names in section 5.3: sample
continuous values that can be decoded to discrete ones. He names no paper, and neither networks nor values: ours are
small. Gradients need no estimator. But real vectors are points, of which a discriminator may know all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Player, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Normal
from sparring.losses import AdversarialLoss, NonSaturating
from sparring.methods import Method, Paper
from sparring.networks.mlp import MLP
from sparring.networks.text_cnn import TextCNN
from sparring.penalties import Penalty, Weight, r1
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["METHODS", "EmbeddingGAN", "Nearest", "embedding_gan", "tiny"]


class Nearest(nn.Module):
    """A generator of tokens: those whose embeddings are nearest to the vectors of another generator.

    Args:
        generator: From latents [B, Z] to vectors [B, length, E].
        embedding: The vectors of all V tokens.
    """

    def __init__(self, generator: nn.Module, embedding: nn.Embedding) -> None:
        super().__init__()
        self.generator, self.embedding = generator, embedding

    def forward(self, z: Tensor) -> Tensor:
        """Latents [B, Z] to tokens [B, length], int64."""
        vectors: Tensor = self.generator(z)
        return torch.cdist(vectors.flatten(0, 1), self.embedding.weight).argmin(1).reshape(vectors.shape[:2])


class EmbeddingGAN(GAN):
    """The game. Its one stream is `real`, tokens [B, length].

    Args:
        generator: From latents [B, Z] to vectors [B, length, E].
        discriminator: From vectors [B, length, E] to what the loss reads.
        latent: The distribution of the latents.
        embedding: Of real tokens. Frozen, or else the discriminator moves it: it is part of how it reads.
        loss: What the players minimise.
        penalties: What the discriminator minimises besides, at vectors.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        embedding: nn.Embedding,
        loss: AdversarialLoss = NonSaturating(),  # noqa: B008 - a frozen value
        penalties: dict[Penalty, Weight] | None = None,
    ) -> None:
        super().__init__(generator, discriminator, latent, loss, penalties)
        self.embedding = embedding

    def players(self) -> dict[str, Player]:
        """The discriminator, with the embedding, then the generator."""
        sides = super().players()
        reader = sides["discriminator"]
        return sides | {"discriminator": replace(reader, controls=(*reader.controls, self.embedding))}

    def judged_real(self, round: Round) -> tuple[Tensor, Any]:
        """Vectors [B, length, E] of real tokens, and the discriminator's output for them."""
        vectors = lambda: self.embedding(round.stream("real").x)  # noqa: E731
        return self._judged(round, "judged real", vectors, self.discriminator, self.embedding)

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """The discriminator's logits [B] of tokens [B, length]."""
        return super().judge(self.embedding(x), y)

    def sampler(self) -> Sampler:
        """The words nearest to the generator's vectors."""
        return GeneratorSampler(Nearest(self.generator, self.embedding), self.latent)


def embedding_gan(
    vocabulary: int, length: int, *, size: int = 16, latent: int = 64, width: int = 128, learnt: bool = False
) -> EmbeddingGAN:
    """The game with a perceptron for a generator, and random vectors that are normal.

    Args:
        vocabulary: Tokens.
        length: Of a sequence.
        size: Of a vector.
        latent: Size of the latent.
        width: Units of the generator's two hidden layers, and channels of the discriminator.
        learnt: Whether the discriminator moves the embedding.
    """
    generator = nn.Sequential(MLP(latent, width, width, length * size), nn.Unflatten(1, (length, size)))
    critic = TextCNN(size, width, range(1, min(3, length) + 1))  # it reads any rows, here those of an embedding
    embedding = nn.Embedding(vocabulary, size).requires_grad_(learnt)
    return EmbeddingGAN(generator, critic, Normal(latent), embedding, penalties={r1: 0.1})


METHODS = (
    Method(
        name="GAN of word embeddings, decoded to the nearest word",
        category="text",
        python="games.text.embeddings.EmbeddingGAN(generator, networks.text_cnn.TextCNN(16, 32), Normal(8), vectors)",
        papers=(Paper("Goodfellow", 2016, "https://arxiv.org/abs/1701.00160"),),
        section="5.3",
        command="sparring train embeddings",
    ),
)


def tiny() -> tuple[EmbeddingGAN, dict[str, InMemory]]:
    """A small game with a fixed embedding, and its stream, for the contract tests."""
    return embedding_gan(3, 4, size=2, latent=3, width=6), {"real": InMemory(Key(1).integers("words", (40, 4), 3))}
