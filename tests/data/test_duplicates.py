import io
import tracemalloc

import numpy as np
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from sparring.data.duplicates import equal, near


def by_hand(x, alike):
    """All pairs, by NumPy's correlation."""
    found = {}
    flat = [i for i, row in enumerate(x) if row.std() > 1]
    for a, i in enumerate(flat):
        for j in flat[a + 1 :]:
            if np.corrcoef(x[i], x[j])[0, 1] > alike:
                found.setdefault(i, j)
    return sorted(found.items())


@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([0.5, 0.9, 0.995]))
def test_pairs_are_those_of_a_search_by_hand(seed, count, alike):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 256, (5, 16))
    noise = rng.normal(0, 6, (count, 16))
    x = np.clip(kinds[rng.integers(0, 5, count)] + noise, 0, 255).round()
    correlations = np.corrcoef(np.atleast_2d(x)) if count > 1 else np.zeros(1)
    assume((np.abs(correlations - alike) > 1e-5).all())  # single precision cannot tell there
    assert near(torch.from_numpy(x).byte(), alike, block=7) == by_hand(x, alike)


def test_recompressed_and_brighter_pictures_are_alike_and_others_are_not():
    rng = np.random.default_rng(0)
    large = [
        Image.fromarray(rng.integers(0, 256, (6, 6), np.uint8)).resize((96, 96), Image.Resampling.BICUBIC)
        for _ in range(20)
    ]
    buffer = io.BytesIO()
    large[3].save(buffer, "JPEG", quality=40)
    copies = [Image.open(buffer), large[7].resize((80, 80)), large[11].point(lambda v: v * 0.7 + 20)]
    thumbnails = [np.asarray(image.convert("L").resize((16, 16), Image.Resampling.LANCZOS)) for image in large + copies]
    assert near(torch.from_numpy(np.stack(thumbnails)).flatten(1)) == [(3, 20), (7, 21), (11, 22)]


def test_in_large_sets_only_neighbours_are_compared():
    x = torch.randint(0, 256, (400, 256), dtype=torch.uint8)
    x[100::3] = x[7]
    assert len(near(x, block=8, most=8)) >= 95  # of 101, equal ones being neighbours


def test_plain_pictures_are_like_nothing():
    assert near(torch.full((5, 16), 7, dtype=torch.uint8)) == []


def test_equal_digests():
    assert equal([b"a", b"b", b"a", b"c", b"b", b"a"]) == [[0, 2, 5], [1, 4]]


def test_many_pictures_that_are_all_alike_need_neither_time_nor_memory():
    base = torch.randint(50, 200, (1, 64))
    x = (base + torch.randint(-2, 3, (5000, 64))).byte()
    tracemalloc.start()
    found = near(x)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(i, i + 1) for i in range(4999)]
    assert most < 10 * 2**20  # of Python's objects: 12 million pairs as tuples would be over 1,000 MB
