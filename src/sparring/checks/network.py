"""The contract of networks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from sparring.chance import Key

__all__ = ["check_network"]


def check_network(network: nn.Module, example: Sequence[int], output: Sequence[int]) -> None:
    """Checks a network: shapes at several batch sizes, finite values, gradients, rows that do not mix.

    Parameters that are not trained may do without a gradient.

    Args:
        network: The network.
        example: The shape of one input.
        output: The shape of one output; () for logits.

    Raises:
        AssertionError: The network breaks its contract.
    """
    key = Key(0)
    for n in (2, 5):
        y = network.train()(key.normal("x", (n, *example)))
        assert tuple(y.shape) == (n, *output), f"{n} inputs gave {list(y.shape)}; expected {[n, *output]}"
        assert torch.isfinite(y).all(), "the output is not finite"
    (y * key.normal("weights", tuple(y.shape))).sum().backward()
    trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    dead = [name for name, p in trained if p.grad is None or not p.grad.any()]
    assert not dead, f"these parameters have no gradient: {dead}"
    network.zero_grad(set_to_none=True)
    with torch.no_grad():
        x = key.normal("x", (5, *example))
        whole = network.eval()(x)
        torch.testing.assert_close(network(x[:2]), whole[:2], rtol=1e-4, atol=1e-5)
    network.train()
