import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparring import Key, Normal, Uniform


@given(st.integers(0, 2**40), st.text(max_size=8), st.integers(1, 50), st.integers(1, 50))
def test_a_shorter_draw_is_the_beginning_of_a_longer_one(seed, name, n, more):
    key = Key(seed)
    for draw in (key.normal, key.uniform, lambda name, shape: key.integers(name, shape, 7)):
        assert torch.equal(draw(name, (n, 3)), draw(name, (n + more, 3))[:n])


def test_pinned_values():
    """What a key draws is for ever: a run resumed on another machine or version goes on alike."""
    key = Key(7).fold("turn", 3)
    assert [int(word) for word in key.words("latent", 2)] == PINNED_WORDS
    assert key.normal("latent", (2,), torch.float64).tolist() == pytest.approx(PINNED_NORMALS, abs=1e-12)


PINNED_WORDS = [4398401780172166387, 14474023549048397878]
PINNED_NORMALS = [0.36562816958161054, -1.6533630330858116]


def test_different_addresses_give_different_numbers():
    keys = [
        Key(0),
        Key(1),
        Key(0).fold("a"),
        Key(0).fold("a", "b"),
        Key(0).fold("a, b"),
        Key(0).fold("1"),
        Key(0).fold(1),
    ]
    draws = {tuple(key.uniform(name, (4,)).tolist()) for key in keys for name in ("x", "y")}
    assert len(draws) == 2 * len(keys)


def test_moments():
    n = 200_000
    x = Key(0).normal("x", (n,), torch.float64)
    assert abs(x.mean()) < 4 / math.sqrt(n)
    assert abs(x.var() - 1) < 4 * math.sqrt(2 / n)
    assert abs((x**4).mean() - 3) < 4 * math.sqrt(96 / n)
    pairs = x.reshape(-1, 2)
    assert abs((pairs[:, 0] * pairs[:, 1]).mean()) < 4 / math.sqrt(n / 2)
    u = Key(0).uniform("u", (n,), torch.float64)
    assert 0 < u.min() < u.max() < 1
    assert abs(u.mean() - 0.5) < 4 * math.sqrt(1 / 12 / n)


def test_latents():
    assert Normal(3)(Key(0).rows(5)).shape == (5, 3)
    u = Uniform(4)(Key(0).rows(2000))
    assert -1 < u.min() < -0.99 < 0.99 < u.max() < 1


def test_permutation():
    assert sorted(Key(0).permutation("p", 100).tolist()) == list(range(100))
    assert not torch.equal(Key(0).permutation("p", 100), Key(1).permutation("p", 100))


def test_seeded_repeats_and_leaves_the_generator_alone():
    before = torch.get_rng_state()
    draws = []
    for key in (Key(0), Key(0), Key(1)):
        with key.seeded():
            draws.append(torch.rand(3))
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    assert torch.equal(torch.get_rng_state(), before)
