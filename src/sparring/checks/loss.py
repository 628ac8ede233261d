"""The contract of adversarial losses."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.losses import AdversarialLoss

__all__ = ["check_loss"]

Side = Callable[[Tensor, Tensor], Tensor]


def check_loss(loss: AdversarialLoss) -> None:
    """Checks an adversarial loss.

    Both sides give scalars and refuse other shapes; gradients are derivatives; the order of the batch, or of its pairs
    of real and fake, is no matter, and neither is its size unless the loss looks `across` it; values and gradients in
    float32 are those in float64 up to outputs of the size `exact`; `needs_real` is so.

    Args:
        loss: The loss.

    Raises:
        AssertionError: The loss breaks its contract.
    """
    if missing := [name for name in ("reads", "needs_real", "across", "exact", "log_ratio") if not hasattr(loss, name)]:
        raise AssertionError(f"{type(loss).__name__} does not state {missing}: see losses.AdversarialLoss")
    key = Key(0)
    real, fake = (key.normal(n, loss.reads.shape(6), torch.float64).requires_grad_() for n in ("real", "fake"))
    for side in (loss.discriminator, loss.generator):
        value = side(real, fake)
        assert value.ndim == 0, f"{side} gave {list(value.shape)}; expected a scalar"
        assert torch.autograd.gradcheck(side, (real, fake))
        torch.testing.assert_close(side(real.flip(0), fake.flip(0)), value, msg=f"{side} depends on the batch's order")
        if not loss.across:
            thrice = side(torch.cat([real] * 3), torch.cat([fake] * 3))
            torch.testing.assert_close(thrice, value, msg=f"{side} depends on the batch size; is it `across`?")
        for shape in ((*real.shape, 1), loss.reads.shape(5)):
            _refuses(side, real.detach(), torch.zeros(shape))
        _exact(side, loss)
    slope = torch.autograd.grad(loss.generator(real, fake), real, allow_unused=True)[0]
    reads = slope is not None and bool(slope.any())
    assert reads == loss.needs_real, f"needs_real is {loss.needs_real}, but the generator's side reads real: {reads}"


def _exact(side: Side, loss: AdversarialLoss) -> None:
    """Values and gradients in float32 and float64 agree at the ends of the stated range and between them."""
    shares = torch.tensor([1.0, -1.0, 1.0, -1.0, 0.3, -0.01])
    real = loss.exact * shares.reshape(-1, *[1] * (len(loss.reads.shape(2)) - 1)).expand(loss.reads.shape(6))
    fake = real[[1, 0, 2, 3, 5, 4]]
    for pair in ((real, fake), (fake, real), (-real, fake)):
        single, double = (_slopes(side, *(x.to(dtype) for x in pair)) for dtype in (torch.float32, torch.float64))
        for found, expected in zip(single, double, strict=True):
            said = f"{side} is not exact at outputs of +-{loss.exact}: {found} in float32, {expected} in float64"
            torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-37, msg=said)


def _slopes(side: Side, *outputs: Tensor) -> tuple[Tensor, ...]:
    """The value, and its gradients in the outputs it reads."""
    outputs = tuple(x.clone().requires_grad_() for x in outputs)
    value = side(*outputs)
    slopes = torch.autograd.grad(value, outputs, allow_unused=True)
    return value.detach(), *(slope for slope in slopes if slope is not None)


def _refuses(side: Side, real: Tensor, fake: Tensor) -> None:
    try:
        side(real, fake)
    except ValueError:
        return
    raise AssertionError(f"{side} took logits of shapes {list(real.shape)} and {list(fake.shape)}; expected ValueError")
