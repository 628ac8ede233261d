"""Sequences that are made shorter; the named sets themselves are in test_named.py."""

import pytest

from sparring.data.sequences import coded
from sparring.data.source import InMemory
from sparring.data.strings import captions, shortened
from sparring.data.toys import ring


def test_captions_are_small_words():
    data = captions(["Red  Apple", "pear"])
    assert data.kind.texts(data.x) == ["red apple", "pear"]
    assert data.name == "openmoji-captions"


def test_longer_sequences_are_left_out_of_fresh_ones_too():
    data = captions(["a b c", "a", "b a"])
    data.fresh = lambda: data
    short = shortened(data, 2)
    assert short.kind.texts(short.x) == ["a", "b a"]
    assert short.kind.vocabulary == data.kind.vocabulary
    assert short.kind.length == 2
    assert short.fresh().kind.texts(short.fresh().x) == ["a", "b a"]
    assert short.report.notes[-1] == "1 of 3 are longer than 2 tokens: left out"
    assert short.digest() != data.digest()
    assert shortened(data, 3) is data


@pytest.mark.parametrize("rows", [["ab", "ba"], ["abc", "a"]])
def test_too_few_are_left(rows):
    with pytest.raises(ValueError, match="fewer than 2 sequences have at most 1 tokens: give a larger --longest"):
        shortened(coded(rows, ""), 1)


def test_other_data_are_no_sequences():
    with pytest.raises(ValueError, match="the data are points; expected sequences"):
        shortened(InMemory(ring(100)), 5)
