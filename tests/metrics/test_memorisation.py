import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from sparring import Key
from sparring.metrics.memorisation import memorisation, nearest_training

SEEDS = 200
LEVEL = 0.05


def normal(key, name, n, dim=6):
    return key.normal(name, (n, dim), torch.float64)


def fresh(key, training, n):
    return normal(key, "generated", n)


def wide(key, training, n):
    """A bad generator, but an honest one."""
    return 2 * normal(key, "generated", n) + 1


def narrow(key, training, n):
    return 0.05 * normal(key, "generated", n)


def copies(key, training, n):
    """Training data plus tiny noise."""
    return training[key.integers("which", (n,), len(training))] + 1e-3 * normal(key, "generated", n)


def half_copies(key, training, n):
    honest = key.uniform("honest", (n, 1)) < 0.5
    return torch.where(honest, fresh(key, training, n), copies(key, training, n))


def verdicts(generator, n=200, held_out=150, training=150):
    for seed in range(SEEDS):
        key = Key(seed, ("memorisation",))
        x = normal(key, "training", training)
        yield memorisation(x, normal(key, "held out", held_out), generator(key, x, n), level=LEVEL)


SIZES = [{}, {"n": 1000}, {"training": 300, "held_out": 60, "n": 500}]


@pytest.mark.parametrize("generator", [fresh, wide, narrow])
@pytest.mark.parametrize("sizes", SIZES)
def test_the_honest_are_accused_at_the_stated_rate(generator, sizes):
    """Accusations among 200 have a binomial distribution with the level for its probability, at most."""
    found = list(verdicts(generator, **sizes))
    assert sum(one.copies for one in found) <= binom.ppf(0.999, SEEDS, LEVEL)
    shares = np.array([one.share for one in found])
    assert abs(shares.mean() - found[0].expected) < 4 * shares.std(ddof=1) / SEEDS**0.5
    if generator is not narrow:  # on a few examples the share has a skewed distribution, and only the verdict is safe
        inside = sum(one.interval[0] <= one.expected <= one.interval[1] for one in found)
        assert inside >= binom.ppf(0.001, SEEDS, 1 - 2 * LEVEL)


@pytest.mark.parametrize("generator", [copies, half_copies])
@pytest.mark.parametrize("sizes", SIZES)
def test_copies_are_caught(generator, sizes):
    assert sum(one.copies for one in verdicts(generator, **sizes)) == SEEDS


def test_a_binomial_test_would_accuse_the_honest():
    """Why it is not used: where samples share a nearest example it errs far more often than it says."""
    for generator, times in ((wide, 2), (narrow, 5)):
        accused = [binom.sf(round(200 * one.share) - 1, 200, 0.5) < LEVEL for one in verdicts(generator)]
        assert np.mean(accused) > times * LEVEL


def test_the_interval_is_that_of_exchanged_names():
    """Its effective number of samples is what makes the variance that of randomly renamed examples."""
    key = Key(1, ("renamed",))
    x, z, y = normal(key, "x", 40), normal(key, "z", 40), normal(key, "y", 500)
    both = torch.cat([x, z])
    owner = torch.cdist(y, both).argmin(dim=1)
    shares = []
    for i in range(4000):
        order = key.permutation(f"order {i}", 80)
        shares.append((torch.argsort(order)[owner] < 40).double().mean().item())
    counts = torch.bincount(owner, minlength=80).double()
    assert np.var(shares) == pytest.approx(0.25 / (500 / (counts.var() / counts.mean()).item()), rel=0.08)
    assert np.mean(shares) == pytest.approx(0.5, abs=4 * np.std(shares) / 4000**0.5)
    found = memorisation(x, z, y)
    assert found.share == pytest.approx((owner < 40).double().mean().item())


def test_one_example_repeated_is_no_evidence():
    x, z = normal(Key(0), "x", 50), normal(Key(0), "z", 50)
    found = memorisation(x, z, x[:1].repeat(1000, 1))
    assert found.share == 1
    assert not found.copies
    assert (nearest_training(x, x[:1].repeat(1000, 1)).distance == 0).all()


def test_ties_are_left_out():
    """A held-out set that repeats half of the training data does not make an honest generator a cheat."""
    x = normal(Key(0), "x", 100)
    z = torch.cat([x[:50], normal(Key(0), "z", 50)])
    found = memorisation(x, z, normal(Key(0), "y", 400))
    assert 100 < found.ties < 300
    assert not found.copies
    with pytest.raises(ValueError, match="are both sets the same"):
        memorisation(x, x, normal(Key(0), "y", 400))


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_nearest_training_against_differences(seed):
    x, y = normal(Key(seed), "x", 30), normal(Key(seed), "y", 20)
    found = nearest_training(x.reshape(30, 1, 2, 3), y.reshape(20, 1, 2, 3))
    distances = np.sqrt(np.square(y.numpy()[:, None] - x.numpy()[None]).sum(axis=2))
    np.testing.assert_array_equal(found.index, distances.argmin(axis=1))
    np.testing.assert_allclose(found.distance, distances.min(axis=1), rtol=1e-13)
    shuffled = nearest_training(x.flip(0), y.flip(0))
    assert torch.equal(shuffled.distance, found.distance.flip(0))


def test_exchanging_the_sets_mirrors_the_share():
    x, z, y = (normal(Key(0), name, 60) for name in "xzy")
    here, there = memorisation(x, z, y), memorisation(z, x, y)
    assert here.share == pytest.approx(1 - there.share)
    assert here.interval == pytest.approx([1 - end for end in there.interval[::-1]])


@pytest.mark.parametrize(
    ("sizes", "level", "message"),
    [
        ((19, 20, 20), 0.01, "got 19 training samples; expected at least 20, or look at nearest_training"),
        ((20, 19, 20), 0.01, "got 19 held-out samples"),
        ((20, 20, 19), 0.01, "got 19 generated samples"),
        ((20, 20, 20), 0.5, "level is 0.5"),
        ((20, 20, 20), 0.0, "level is 0.0"),
    ],
)
def test_refused(sizes, level, message):
    with pytest.raises(ValueError, match=message):
        memorisation(*(normal(Key(0), str(i), n) for i, n in enumerate(sizes)), level=level)


def test_other_features_are_refused():
    x, y = normal(Key(0), "x", 20), normal(Key(0), "y", 20, 5)
    for sets in ((y, x, x), (x, y, x), (x, x, y)):
        with pytest.raises(ValueError, match="expected the same"):
            memorisation(*sets)
    with pytest.raises(ValueError, match="NaN"):
        memorisation(x, torch.full_like(x, torch.nan), x)
