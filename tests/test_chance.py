import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rounds import draws_of
from sparring import Key, Normal, Uniform
from sparring.chance import Draws
from sparring.phase import TrainState


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


KINDS = {
    "normal": lambda draws, name: draws.normal(name, 3),
    "uniform": lambda draws, name: draws.uniform(name, 3),
    "integers": lambda draws, name: draws.integers(name, 3, high=1000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_gives_the_same_numbers_again(kind):
    draws = draws_of(8)
    first, other, again = (KINDS[kind](draws, name) for name in ("a", "b", "a"))
    assert first.shape == (8, 3)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert draws.counter.draws == 2


def test_other_turns_and_other_seeds_draw_other_numbers():
    counter = TrainState()
    turns = [Draws(0, counter, torch.Generator(), 8).normal("a", 3) for _ in range(2)]
    assert not torch.equal(*turns)
    assert not torch.equal(turns[0], draws_of(8, seed=1).normal("a", 3))


@pytest.mark.parametrize("start", [0, 2**31 - 50_000, 2**32])
def test_no_two_of_many_draws_share_a_seed(start):
    """torch's generator for CPUs keeps 32 bits of a seed; hashed addresses would meet about once here."""
    draws = draws_of(8)
    draws.counter.draws = start
    seeds = {draws._seed(str(i)) for i in range(100_000)}
    assert len(seeds) == 100_000
    assert max(seeds) < 2**32
    assert draws.counter.draws == start + 100_000


def test_numbers_are_addressed_by_the_number_of_the_draw():
    """So a resumed run, which brings back the counter alone, goes on alike, whatever the generator did before."""
    draws = draws_of(8)
    draws.normal("a", 2)
    expected = draws.uniform("b", 2)
    resumed = Draws(0, TrainState(draws=1), torch.Generator().manual_seed(5), 8)
    assert torch.equal(resumed.uniform("another name", 2), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_a_batch_are_slices_of_the_whole(kind):
    whole = KINDS[kind](draws_of(12), "a")
    for index in range(4):
        share = draws_of(12, share=(index, 4))
        assert share.rows == 3
        assert torch.equal(KINDS[kind](share, "a"), whole[3 * index : 3 * index + 3])
        assert torch.equal(KINDS[kind](draws_of(12).part((index, 4)), "a"), whole[3 * index : 3 * index + 3])


@pytest.mark.parametrize("times", [1, 2])
def test_shares_of_masks_are_slices_of_the_whole(times):
    """For real and generated rows one below the other, [2 B, ...], too."""
    whole = draws_of(8).like(torch.zeros(times * 8, 3)).unflatten(0, (times, 8))
    for index in range(2):
        share = draws_of(8, share=(index, 2)).like(torch.zeros(times * 4, 3)).unflatten(0, (times, 4))
        assert torch.equal(share, whole[:, 4 * index : 4 * index + 4])


def test_batches_that_cannot_be_shared():
    with pytest.raises(ValueError, match="a batch of 9 cannot be shared by 2"):
        draws_of(9, share=(0, 2))
    with pytest.raises(ValueError, match="got 3 rows; expected a multiple of 4"):
        draws_of(8, share=(0, 2)).like(torch.zeros(3))


def test_masks_are_counted_within_a_scope():
    draws, x = draws_of(8), torch.zeros(8, 3)
    two = lambda: (draws.like(x), draws.like(x))  # noqa: E731
    (a, b), (c, d), (e, _) = draws.within("a", two), draws.within("a", two), draws.within("b", two)
    assert torch.equal(a, c)
    assert torch.equal(b, d)
    assert not torch.equal(a, b)
    assert not torch.equal(a, e)


def test_a_scope_within_a_scope_leaves_the_outer_count_alone():
    """What is shared by `once` is computed by whoever asks first: the masks of both must not depend on who that is."""
    draws, x = draws_of(8), torch.zeros(8, 3)
    plain = draws.within("a", lambda: (draws.like(x), draws.like(x)))
    broken = draws.within("a", lambda: (draws.like(x), draws.within("b", lambda: draws.like(x)), draws.like(x)))
    assert torch.equal(plain[0], broken[0])
    assert torch.equal(plain[1], broken[2])


def test_seeding_repeats_torchs_own_chance_and_puts_it_back():
    draws, before = draws_of(8), torch.get_rng_state()
    first, again, other = (draws.seeding(name, lambda: torch.rand(4)) for name in ("a", "a", "b"))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    with pytest.raises(ZeroDivisionError):
        draws.seeding("a", lambda: torch.rand(4) / (1 // 0))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_uniform_numbers_are_never_0(dtype, monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda size, **options: torch.zeros(size, dtype=dtype))
    draws = draws_of(4, dtype=dtype)
    for numbers in (draws.uniform("a", 3), draws.like(torch.zeros(4))):
        assert numbers.min() > 0
        assert torch.isfinite(numbers.log()).all()


def test_moments_of_draws():
    """Within four standard errors; over many draws of few numbers too, whose seeds are neighbours."""
    n = 100_000
    draws = draws_of(n, dtype=torch.float64)
    few = draws_of(20, dtype=torch.float64)
    for x in (draws.normal("x"), torch.cat([few.normal(str(i)) for i in range(n // 20)])):
        assert abs(x.mean()) < 4 / math.sqrt(n)
        assert abs(x.var() - 1) < 4 * math.sqrt(2 / n)
        assert abs((x[::2] * x[1::2]).mean()) < 4 / math.sqrt(n / 2)
    u = draws.uniform("u")
    assert abs(u.mean() - 0.5) < 4 * math.sqrt(1 / 12 / n)
    counts = draws.integers("i", high=10).bincount()
    assert ((counts - n / 10) ** 2 / (n / 10)).sum() < 27.9  # chi squared of 9, one in a thousand
    first = torch.stack([few.normal(f"first {i}")[0] for i in range(2000)])
    assert abs((first[1:] * first[:-1]).mean()) < 4 / math.sqrt(2000)
