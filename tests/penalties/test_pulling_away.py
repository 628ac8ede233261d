import pytest
import torch

from evaluations import KEY, generation
from sparring import GAN, MLP, Alternating, Normal, Phase, Trainer, losses
from sparring.hooks import Every
from sparring.networks import autoencoder
from sparring.penalties import Generation, PullingAway


def of(codes):
    """The penalty of samples that are their own codes."""
    return PullingAway()(generation(lambda z: z, codes))


def test_pair_by_pair():
    codes = KEY.normal("codes", (7, 4), torch.float64)
    cosine = torch.nn.functional.cosine_similarity
    pairs = [[cosine(a, b, dim=0) ** 2 for j, b in enumerate(codes) if j != i] for i, a in enumerate(codes)]
    torch.testing.assert_close(of(codes), torch.stack([torch.stack(row).mean() for row in pairs]))


def test_the_papers_term_is_the_mean():
    """The sum over pairs of different samples, by N (N - 1)."""
    s = KEY.normal("s", (5, 3), torch.float64)
    cosines = (s @ s.T) / (s.norm(dim=1, keepdim=True) * s.norm(dim=1))
    term = (cosines.square().sum() - 5) / (5 * 4)
    torch.testing.assert_close(of(s).mean(), term)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([[1.0, 0.0], [0.0, 2.0]], 0.0),
        ([[1.0, 0.0], [-3.0, 0.0]], 1.0),
        ([[1.0, 0.0], [1.0, 1.0]], 0.5),
        ([[1.0, 2.0]], 0.0),
        ([[0.0, 0.0], [1.0, 0.0]], 0.0),
    ],
)
def test_by_hand(codes, expected):
    found = of(torch.tensor(codes, dtype=torch.float64))
    torch.testing.assert_close(found, torch.full_like(found, expected))


def test_its_gradient_by_finite_differences():
    z = KEY.normal("z", (4, 3), torch.float64).requires_grad_()
    round = generation(lambda z: z, z).round
    assert torch.autograd.gradcheck(lambda z: PullingAway()(Generation(round, z, z)), (z,))


def test_in_a_game_only_the_generator_moves():
    """Codes of the discriminator's encoder spread; the encoder gets no gradient of it."""
    torch.manual_seed(0)
    critic = autoencoder.perceptron((2,), code=3)
    game = GAN(MLP(2, 16, 2), critic, Normal(2), losses.EBGAN(), regularizers={PullingAway(critic.encoder): 1e3})
    assert len(game.strategy("generator")) == len(list(game.generator.parameters()))
    encoder, terms = [p.clone() for p in critic.encoder.parameters()], []
    optimizer = torch.optim.Adam(game.strategy("generator").values(), 1e-2)
    Trainer(
        Phase(game, {"generator": optimizer}, {}, 200, Alternating({"discriminator": 0})),
        hooks=[Every(1, lambda trainer, costs: terms.append(costs["generator"].terms["pulling_away"].item()))],
    ).play()
    assert all(torch.equal(a, b) for a, b in zip(encoder, critic.encoder.parameters(), strict=True))
    assert terms[-1] < 0.6 * terms[0], "a third of it is left where codes of three numbers point everywhere"
