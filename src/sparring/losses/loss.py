"""Adversarial losses: pairs of pure functions of what a discriminator gives, logits as a rule.

Each loss has a side for the discriminator (a critic, for Wasserstein) and one for the generator, and both are
minimised. There is no factor 1/2: the costs of equations 8, 13 and 14 of the tutorial (Goodfellow 2016) carry one, so
ours are twice theirs. At p_data = p_model and the optimal D the discriminator's minimax cost is 2 log 2.
"""

from __future__ import annotations

import difflib
import importlib
from typing import Protocol, cast

import torch
from torch import Tensor

from sparring.losses.reading import Reading

__all__ = ["AdversarialLoss", "adversarial", "decisive"]


class AdversarialLoss(Protocol):
    """A pair of functions of the discriminator's outputs for real and generated samples, each a scalar."""

    @property
    def reads(self) -> Reading:
        """What it reads: `LOGITS` [B], `ENERGIES` [B] or `FEATURES` [B, K]."""
        ...

    @property
    def needs_real(self) -> bool:
        """Whether the generator's side reads the output for real samples."""
        ...

    @property
    def across(self) -> bool:
        """Whether it looks across the examples of a batch, more than by their mean: at pairs, say."""
        ...

    @property
    def exact(self) -> float:
        """Outputs of up to this size, of either sign, give gradients that are right in float32.

        Beyond it a loss that grows exponentially overflows; training then stops and names the term. Slopes below
        1e-38 become 0, which is harmless.
        """
        ...

    @property
    def log_ratio(self) -> bool:
        """Whether the best logit is log p_data / p_model, so that divergences can be read off it."""
        ...

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the discriminator minimises."""
        ...

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the generator minimises; `real` is ignored, and may be `fake` again, unless `needs_real`."""
        ...


def adversarial(loss: object) -> AdversarialLoss:
    """An adversarial loss, made sure of.

    Raises:
        TypeError: It is something else, such as a name or a class; the message says what to write.
    """
    if not isinstance(loss, type) and all(hasattr(loss, part) for part in ("discriminator", "generator", "reads")):
        return cast("AdversarialLoss", loss)
    here = importlib.import_module("sparring.losses")
    whole = {name: getattr(here, name) for name in here.__all__ if hasattr(getattr(here, name), "exact")}
    known = {name.lower(): name for name, of in whole.items() if of not in (AdversarialLoss, here.FDivergence)}
    word = loss.__name__ if isinstance(loss, type) else loss if isinstance(loss, str) else type(loss).__name__
    got = f"the class {word}" if isinstance(loss, type) else repr(loss) if isinstance(loss, str) else f"a {word}"
    own = hasattr(loss, "needs_real")  # and has a name of its own
    near = difflib.get_close_matches(word.lower().replace("-", "").replace("_", ""), known, 1, 1.0 if own else 0.6)
    if near or own:
        raise TypeError(f"loss is {got}; expected an object: write {f'losses.{known[near[0]]}' if near else word}()")
    every = ", ".join(f"losses.{name}()" for name in known.values() if not issubclass(whole[name], here.FDivergence))
    raise TypeError(
        f"loss is {got}; expected an object with a side for each player: {every}. NonSaturating is binary cross "
        "entropy on logits. Or give an f-divergence such as losses.KL(), or your own object with "
        "discriminator(real, fake) and generator(real, fake)"
    )


def decisive(loss: AdversarialLoss) -> bool:
    """Whether a loss reads logits and changes when all of them rise alike, so that one above 0 says "real"."""
    low, high = (torch.full(loss.reads.shape(2), level) for level in (0.0, 3.0))
    logits = loss.reads.logits(high)
    if logits is None or bool((logits < 0).any()):
        return False
    return not torch.equal(loss.discriminator(low, low), loss.discriminator(high, high))
