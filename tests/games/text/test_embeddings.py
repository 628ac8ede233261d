import torch
from torch import nn

from sparring import Key
from sparring.games.text.embeddings import EmbeddingGAN, Nearest, embedding_gan
from sparring.latents import Normal
from sparring.networks.text_cnn import TextCNN


class Lookup(nn.Module):
    """Vectors [B, 4, 2] that are those of known tokens, moved by less than half of their distances."""

    def __init__(self, embedding, words):
        super().__init__()
        self.embedding, self.words = embedding, words

    def forward(self, z):
        vectors = self.embedding(self.words[: len(z)])
        return vectors + 0.49 * torch.nn.functional.normalize(z[:, :2])[:, None]


def grid():
    """Nine tokens at whole numbers, so that neighbours are 1 apart."""
    places = torch.cartesian_prod(torch.arange(3.0), torch.arange(3.0))
    return nn.Embedding(9, 2, _weight=places)


def test_what_is_less_than_half_a_distance_off_is_decoded_rightly():
    embedding, words = grid(), Key(1).integers("words", (50, 4), 9)
    found = Nearest(Lookup(embedding, words), embedding)(Key(2).normal("z", (50, 3)))
    assert torch.equal(found, words)


def test_the_nearest_is_the_largest_of_an_independent_score():
    """2 x.w - |w|^2, written out with loops."""
    game = embedding_gan(7, 3, size=4, latent=5, width=8)
    z = Key(1).normal("z", (6, 5))
    vectors, table = game.generator(z), game.embedding.weight
    found = Nearest(game.generator, game.embedding)(z)
    for row, words in zip(vectors, found, strict=True):
        for x, word in zip(row, words, strict=True):
            scores = [(2 * (x * w).sum() - (w * w).sum()).item() for w in table]
            assert scores.index(max(scores)) == word


def test_samples_are_tokens_that_depend_on_their_number_alone():
    sampler = embedding_gan(9, 4, size=2, latent=3, width=8).sampler()
    x = sampler.sample(40, seed=3)
    assert x.dtype == torch.int64
    assert x.shape == (40, 4)
    assert torch.equal(x[:7], sampler.sample(7, seed=3))
    assert sampler.log_likelihood(x) is None


def test_a_frozen_embedding_stays_and_a_learnt_one_is_the_discriminators():
    for learnt in (False, True):
        game = embedding_gan(9, 4, size=2, latent=3, width=8, learnt=learnt)
        game.check_controls()
        assert ("embedding.weight" in game.strategy("discriminator")) == learnt
        assert "embedding.weight" not in game.strategy("generator")


def test_real_tokens_are_judged_by_their_vectors():
    embedding = grid()
    game = EmbeddingGAN(Lookup(embedding, torch.zeros(1, 4).long()), TextCNN(2, 6), Normal(3), embedding)
    words = Key(1).integers("words", (5, 4), 9)
    torch.testing.assert_close(game.judge(words), game.discriminator(embedding.weight[words]))
