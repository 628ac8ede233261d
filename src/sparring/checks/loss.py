"""The contract of adversarial losses."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.losses import AdversarialLoss, adversarial

__all__ = ["check_loss"]

Side = Callable[[Tensor, Tensor], Tensor]


def check_loss(loss: AdversarialLoss) -> None:
    """Checks an adversarial loss.

    Both sides give scalars and refuse other shapes; gradients are derivatives; the order of the batch, or of its pairs
    of real and fake, is no matter, and neither is its size unless the loss looks `across` it; values and gradients in
    float32 are those in float64 up to outputs of the size `exact`; `needs_real` is so. At outputs of 0 the
    discriminator pushes logits of real samples up and those of generated ones down, and the generator pushes them up.

    Args:
        loss: The loss.

    Raises:
        AssertionError: The loss breaks its contract.
        TypeError: It is a class.
    """
    if isinstance(loss, type):
        adversarial(loss)
    stated = ("reads", "needs_real", "across", "exact", "log_ratio")
    if missing := [name for name in stated if getattr(loss, name, None) is None]:
        raise AssertionError(f"{type(loss).__name__} does not state {missing}: see losses.AdversarialLoss")
    key = Key(0)
    real, fake = (key.normal(n, loss.reads.shape(6), torch.float64).requires_grad_() for n in ("real", "fake"))
    for side in (loss.discriminator, loss.generator):
        value, said = side(real, fake), _name(side)
        assert value.ndim == 0, f"{said} gave {list(value.shape)}; expected a scalar"
        assert torch.autograd.gradcheck(side, (real, fake))
        torch.testing.assert_close(side(real.flip(0), fake.flip(0)), value, msg=f"{said} depends on the batch's order")
        if not loss.across:
            thrice = side(torch.cat([real] * 3), torch.cat([fake] * 3))
            torch.testing.assert_close(thrice, value, msg=f"{said} depends on the batch size; is it `across`?")
        for shape in ((*real.shape, 1), loss.reads.shape(5)):
            _refuses(side, real.detach(), torch.zeros(shape))
        _exact(side, loss)
    _directed(loss)
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
            said = (
                f"{_name(side)} is not exact at outputs of +-{loss.exact}: {found} in float32, {expected} in float64; "
                "write it with softplus or logsumexp, or state a smaller `exact`"
            )
            torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-37, msg=said)


def _directed(loss: AdversarialLoss) -> None:
    """At outputs of 0 both sides push logits where they should, if the outputs are such."""
    real, fake = (torch.zeros(loss.reads.shape(6), dtype=torch.float64, requires_grad=True) for _ in range(2))
    logits = loss.reads.logits(real)
    if logits is None:
        return
    (up,) = torch.autograd.grad(logits.sum(), real)
    for side, outputs, of, sign in (
        (loss.discriminator, real, "real", 1),
        (loss.discriminator, fake, "generated", -1),
        (loss.generator, fake, "generated", 1),
    ):
        slope = sign * up * torch.autograd.grad(side(real, fake), outputs)[0]
        moves = "rises" if sign > 0 else "falls"
        assert (slope <= 0).all(), (
            f"{_name(side)} {moves} with logits of {of} samples at outputs of 0: turn its sign, or that of `reads`"
        )


def _name(side: Side) -> str:
    """Such as Hinge.generator."""
    return f"{type(side.__self__).__name__}.{side.__name__}" if isinstance(side, MethodType) else repr(side)


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
    shapes = f"{list(real.shape)} and {list(fake.shape)}"
    raise AssertionError(
        f"{_name(side)} took logits of shapes {shapes}; expected ValueError: call self.reads.check(real, fake) first"
    )
