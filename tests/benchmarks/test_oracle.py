"""The record of the synthetic oracle: temperatures of equal variety."""

import pytest

import discover
from sparring.data.oracles import random_lstm
from sparring.kinds.tokens import distinct

bench = discover.script(discover.RECORDS / "oracle.py")


def test_the_temperature_of_equal_distinct_bigrams_is_found():
    """They were drawn at that temperature."""
    sampler = random_lstm(300, 6, 16)
    for temperature in (0.85, 1.1):
        target = distinct(sampler.tempered(temperature).sample(2000, seed=3), 2)
        assert bench.matched(sampler, target, 2000) == pytest.approx(temperature, rel=0.02)
