"""Dropout in and after training; its masks under ranks are in tests/test_ranks.py."""

import pytest
import torch

from sparring.layers.dropout import Dropout

X = torch.ones(10_000)


@pytest.mark.parametrize(("always", "kept"), [(False, 1.0), (True, 0.7)])
def test_after_training_it_acts_only_if_asked_to(always, kept):
    y = Dropout(0.3, always=always).eval()(X)
    assert (y > 0).double().mean().item() == pytest.approx(kept, abs=0.02)
    assert y.mean().item() == pytest.approx(1, abs=0.03)
