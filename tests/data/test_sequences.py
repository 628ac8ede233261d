from itertools import product

import pytest
import torch

from sparring.data.sequences import Markov, read, sequences
from sparring.kinds.tokens import Tokens


def text(tmp_path, content):
    path = tmp_path / "lines.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_characters(tmp_path):
    data = read(text(tmp_path, "\ufeffabba\r\n\nca\n"))
    assert data.kind == Tokens(("a", "b", "c", "\n"), 4, end=3)
    assert data.x.tolist() == [[0, 1, 1, 0], [2, 0, 3, 3]]
    assert data.kind.texts(data.x) == ["abba", "ca"]


def test_words(tmp_path):
    data = read(text(tmp_path, "the cat  sat\na cat sat\n"), words=True)
    assert data.kind == Tokens(("a", "cat", "sat", "the"), 3, between=" ")
    assert data.kind.texts(data.x) == ["the cat sat", "a cat sat"]


def test_longer_lines_are_left_out(tmp_path):
    with pytest.warns(UserWarning, match="1 of 3 lines are longer"):
        data = read(text(tmp_path, "ab\nabcd\nba\n"), longest=3)
    assert data.kind.texts(data.x) == ["ab", "ba"]
    assert len(data.kind.vocabulary) == 2


@pytest.mark.parametrize("content", ["", "\n\n", "one\n", b"\xff\xfe\x00"])
def test_what_is_no_text(tmp_path, content):
    with pytest.raises(ValueError, match=r"give a \.txt|expected 2 or more"):
        read(text(tmp_path, content))


def test_other_names_are_other_data():
    x = torch.zeros(2, 3, dtype=torch.int64)
    assert sequences(x, Tokens(("a",), 3)).digest() != sequences(x, Tokens(("b",), 3)).digest()


def test_the_entropy_is_that_of_all_sequences():
    """Enumerated: 4^3 of them."""
    chain = Markov.random(4, spread=1.5, seed=3)
    x = torch.tensor(list(product(range(4), repeat=3)))
    log_p = chain.log_likelihood(x)
    assert log_p.exp().sum().item() == pytest.approx(1)
    assert chain.entropy(3) == pytest.approx(-(log_p.exp() * log_p).sum().item())


def test_samples_are_of_the_chain():
    chain, n = Markov.random(3, spread=1.0), 20_000
    x = chain.sample(n, 3)
    every = torch.tensor(list(product(range(3), repeat=3)))
    shares = torch.bincount((x * torch.tensor([9, 3, 1])).sum(1), minlength=27) / n
    p = chain.log_likelihood(every).exp()
    assert ((shares - p).abs() <= 4.5 * (p * (1 - p) / n) ** 0.5).all()
    assert torch.equal(chain.sample(5, 3), x[:5])
