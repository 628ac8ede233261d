"""The generator's side at the best samples, sorted out by hand; and the k of a schedule."""

import itertools

import pytest
import torch

from rounds import draws_of
from sparring import Batch, Round
from sparring.losses import (
    BEGAN,
    EBGAN,
    MMD,
    Hinge,
    NonSaturating,
    Relativistic,
    RelativisticAverage,
    TopK,
    Wasserstein,
)
from sparring.round import PLAYING
from sparring.schedules import linear

REAL, FAKE = torch.randn(2, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("loss", [NonSaturating(), Wasserstein(), Hinge(), EBGAN()])
def test_no_other_k_samples_cost_less(loss, k):
    """Over all subsets: a loss whose generator's side falls with the logits is smallest at the k best."""
    found = TopK(loss, share=k / 8).generator(REAL, FAKE)
    every = [loss.generator(REAL[list(some)], FAKE[list(some)]) for some in itertools.combinations(range(8), k)]
    torch.testing.assert_close(found, min(every))


def test_pairs_stay_together():
    best = sorted(range(8), key=lambda i: -FAKE[i])[:3]
    expected = sum(torch.nn.functional.softplus(REAL[i] - FAKE[i]) for i in best) / 3
    torch.testing.assert_close(TopK(Relativistic(), share=3 / 8).generator(REAL, FAKE), expected)


def test_only_the_best_have_a_gradient():
    fake = FAKE.clone().requires_grad_()
    (slope,) = torch.autograd.grad(TopK(share=0.25).generator(REAL, fake), fake)
    assert set(slope.nonzero().flatten().tolist()) == set(FAKE.topk(2).indices.tolist())


def test_the_discriminator_and_a_whole_batch_are_as_without():
    for loss in (NonSaturating(), Relativistic()):
        assert TopK(loss, 0.5).discriminator(REAL, FAKE) == loss.discriminator(REAL, FAKE)
        torch.testing.assert_close(TopK(loss, 1.0).generator(REAL, FAKE), loss.generator(REAL, FAKE))


@pytest.mark.parametrize(("progress", "k"), [(0.0, 8), (0.25, 7), (0.5, 6), (1.0, 4)])
def test_k_follows_the_rounds(progress, k):
    loss = TopK(share=linear(1.0, 0.5))
    token = PLAYING.set(Round(lambda name: Batch(torch.zeros(8)), draws_of(), progress=progress))
    try:
        assert loss.k(8) == k
    finally:
        PLAYING.reset(token)
    assert loss.k(8) == 4, "outside a game"
    assert TopK(share=0.01).k(8) == 1


def test_what_cannot_be_wrapped():
    with pytest.raises(TypeError, match="BEGAN has a state"):
        TopK(BEGAN())
    for loss in (MMD(), RelativisticAverage()):
        with pytest.raises(ValueError, match="looks across examples: no sample is the best by itself"):
            TopK(loss)
    with pytest.raises(ValueError, match=r"the share of the batch is 0\.0"):
        TopK(share=0.0)
