from collections import Counter
from itertools import pairwise

import pytest
import torch

from small_recipes.letters import KIND, words
from sparring import Key
from sparring.kinds.tokens import BUCKETS, Tokens, distinct
from sparring.metrics.divergences import counts_variation


def rows(n=50, high=6):
    return Key(3).integers("tokens", (n, 5), high)


def bigrams(text_tokens, end):
    """By hand: pairs whose first token is not an end, up to the first end."""
    pairs = []
    for a, b in pairwise(text_tokens):
        if a == end:
            break
        pairs.append((a, b))
    return Counter(pairs)


def test_vectors_count_bigrams_up_to_the_end():
    samples = rows()
    for row, vector in zip(samples.tolist(), KIND.vectors(samples), strict=True):
        counts = {(i // 6, i % 6): int(n) for i, n in enumerate(vector.tolist()) if n}
        assert counts == bigrams(row, KIND.end)


def test_large_vocabularies_share_columns():
    kind = Tokens(tuple(map(str, range(500))), 5)
    vectors = kind.vectors(rows(high=500))
    assert vectors.shape == (50, BUCKETS)
    assert vectors.sum(dim=1).tolist() == [4.0] * 50


def test_the_variation_of_bigrams_is_that_of_their_shares():
    x, y = words(60), rows(40)
    p, q = (sum((bigrams(row, KIND.end) for row in KIND.clean(part).tolist()), Counter()) for part in (x, y))
    expected = sum(abs(p[pair] / p.total() - q[pair] / q.total()) for pair in p | q) / 2
    assert counts_variation(KIND.vectors(x), KIND.vectors(y)) == pytest.approx(expected)
    assert counts_variation(KIND.vectors(x), KIND.vectors(x)) == 0
    assert counts_variation(torch.eye(2), torch.zeros(2, 2)) == 0.5, "nothing at all is half away"


def test_distinct_is_the_share_of_different_runs():
    samples = rows()
    clean = KIND.clean(samples).tolist()
    for n in (1, 2, 3):
        runs = [tuple(row[i : i + n]) for row in clean for i in range(6 - n) if KIND.end not in row[i : i + n]]
        assert distinct(KIND.clean(samples), n, KIND.end) == pytest.approx(len(set(runs)) / len(runs))
    assert distinct(torch.full((3, 5), 5), 2, end=5) == 0


def test_lengths_and_copies():
    samples = torch.tensor([[0, 1, 5, 5, 5], [0, 0, 0, 0, 0], [5, 1, 2, 3, 4]])
    found = KIND.summary(KIND.clean(samples), samples, torch.tensor([[0, 1, 5, 2, 2], [1, 1, 1, 1, 1]]))
    assert found["mean length"] == pytest.approx(7 / 3)
    assert found["share seen in training"] == pytest.approx(1 / 3), "what stands after an end does not count"
    same = KIND.summary(KIND.clean(samples[[0, 1, 0, 2]]), samples)
    assert same["share of different ones"] == 0.75


def test_texts():
    assert KIND.texts(torch.tensor([[0, 3, 4, 5, 1], [5, 5, 5, 5, 5]])) == ["a\\n\\\\", ""]
    assert Tokens(("a", "ab", "b"), 2).parse("aba").tolist() == [1, 0], "the longest first"


def test_a_terminal_obeys_no_sample():
    kind = Tokens(("\x1b[31m", "a", "\n", "\u202e"), 3)
    assert kind.lines(torch.tensor([[0, 1, 3], [2, 1, 1]])) == ["\\x1b[31ma\\u202e", "\\naa"]
