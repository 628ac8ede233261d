"""The contract of adversarial losses."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.losses import AdversarialLoss

__all__ = ["check_loss"]


def check_loss(loss: AdversarialLoss) -> None:
    """Checks an adversarial loss: scalars, shapes refused, exact at logits of +-100, gradients, `needs_real`.

    Args:
        loss: The loss.

    Raises:
        AssertionError: The loss breaks its contract.
    """
    key = Key(0)
    real, fake = (key.normal(n, loss.reads.shape(6), torch.float64).requires_grad_() for n in ("real", "fake"))
    for side in (loss.discriminator, loss.generator):
        value = side(real, fake)
        assert value.ndim == 0, f"{side} gave {list(value.shape)}; expected a scalar"
        assert torch.autograd.gradcheck(side, (real, fake))
        thrice = side(torch.cat([real] * 3), torch.cat([fake] * 3))
        torch.testing.assert_close(thrice, value, msg=f"{side} depends on the batch size")
        for shape in ((*real.shape, 1), loss.reads.shape(5)):
            _refuses(side, real.detach(), torch.zeros(shape))
        large = torch.tensor([100.0, -100.0]).reshape(2, *[1] * (real.ndim - 1)).expand(loss.reads.shape(2))
        single, double = side(large, large.flip(0)), side(large.double(), large.double().flip(0))
        torch.testing.assert_close(single.double(), double, rtol=1e-6, atol=0, msg=f"{side} is not exact at +-100")
    slope = torch.autograd.grad(loss.generator(real, fake), real, allow_unused=True)[0]
    reads = slope is not None and bool(slope.any())
    assert reads == loss.needs_real, f"needs_real is {loss.needs_real}, but the generator's side reads real: {reads}"


def _refuses(side: Callable[[Tensor, Tensor], Tensor], real: Tensor, fake: Tensor) -> None:
    try:
        side(real, fake)
    except ValueError:
        return
    raise AssertionError(f"{side} took logits of shapes {list(real.shape)} and {list(fake.shape)}; expected ValueError")
