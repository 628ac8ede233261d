"""Adversarial losses: pairs of pure functions of what a discriminator gives, logits as a rule.

Each loss has a side for the discriminator (a critic, for Wasserstein) and one for the generator, and both are
minimised. There is no factor 1/2: the costs of equations 8, 13 and 14 of the tutorial (Goodfellow 2016) carry one, so
ours are twice theirs. At p_data = p_model and the optimal D the discriminator's minimax cost is 2 log 2.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import ClassVar, Protocol, cast

import torch
from torch import Tensor
from torch.nn.functional import softplus

from sparring.methods import Method, Paper

__all__ = [
    "ENERGIES",
    "FEATURES",
    "LOGITS",
    "METHODS",
    "AdversarialLoss",
    "Minimax",
    "NonSaturating",
    "Reading",
    "Relativistic",
    "Wasserstein",
    "adversarial",
    "decisive",
]


class Reading(Protocol):
    """What a loss reads of a discriminator's output."""

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Raises ValueError unless both are of this kind."""
        ...

    def shape(self, n: int) -> tuple[int, ...]:
        """The shape of such an output for `n` samples."""
        ...

    def logits(self, output: Tensor) -> Tensor | None:
        """Logits [B], the more real the larger, if the output says so much; else None."""
        ...


@dataclass(frozen=True)
class Scalars:
    """One number a sample, [B]: logits (any real numbers, before any sigmoid) or energies.

    Attributes:
        sign: 1 where real samples have the larger number, -1 where they have the smaller one.
    """

    sign: int = 1

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Refuses other shapes: a logit [B, 1] against [B] would broadcast to [B, B] and still train."""
        if real.ndim != 1 or real.shape != fake.shape:
            raise ValueError(
                f"the logits have shapes {list(real.shape)} (real) and {list(fake.shape)} (fake); expected [B] twice: "
                + _remedy(real if real.ndim != 1 else fake)
            )

    def shape(self, n: int) -> tuple[int, ...]:
        """[n]."""
        return (n,)

    def logits(self, output: Tensor) -> Tensor:
        """The numbers, so turned that real samples have the larger ones."""
        return self.sign * output


@dataclass(frozen=True)
class Features:
    """A vector for each sample, [B, K]."""

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Refuses other shapes."""
        if real.ndim != 2 or real.shape != fake.shape:
            raise ValueError(
                f"the features have shapes {list(real.shape)} (real) and {list(fake.shape)} (fake); expected [B, K] "
                "twice: end the discriminator with .flatten(1)"
            )

    def shape(self, n: int) -> tuple[int, ...]:
        """[n, 5], for tests."""
        return (n, 5)

    def logits(self, output: Tensor) -> None:
        """None: features do not say what is real."""


def _remedy(logits: Tensor) -> str:
    """What brings logits to [B]."""
    if logits.ndim < 2:
        return "give one logit for each sample, and as many samples of both"
    several = logits.numel() > len(logits)
    return f"end the discriminator with {'.flatten(1).mean(1)' if several else '.squeeze(1) or .flatten()'}"


LOGITS, ENERGIES, FEATURES = Scalars(), Scalars(-1), Features()


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

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the discriminator minimises."""
        ...

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the generator minimises; `real` is ignored, and may be `fake` again, unless `needs_real`."""
        ...


@dataclass(frozen=True)
class Minimax:
    """The zero-sum game (Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661; tutorial, equations 8 and 10).

    D: -E log D(x) - E log(1 - D(G(z))). G: E log(1 - D(G(z))), whose gradient vanishes where D is sure.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: bool = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 8."""
        self.reads.check(real, fake)
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The part of twice equation 10 that depends on G."""
        self.reads.check(real, fake)
        return -softplus(fake).mean()


@dataclass(frozen=True)
class NonSaturating:
    """The heuristic game (Goodfellow et al. 2014; tutorial, section 3.2.3, equation 13).

    D as in `Minimax`. G: -E log D(G(z)), whose gradient is strong where D is sure.

    Example:
        >>> import torch
        >>> round(NonSaturating().discriminator(torch.zeros(4), torch.zeros(4)).item(), 4)
        1.3863
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: bool = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 8."""
        return Minimax().discriminator(real, fake)

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 13."""
        self.reads.check(real, fake)
        return softplus(-fake).mean()


@dataclass(frozen=True)
class Wasserstein:
    """The dual of the Wasserstein-1 distance (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875).

    The critic must be kept Lipschitz: by `penalties.interpolated` or `projections.clip`.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: bool = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """E f(G(z)) - E f(x); its negative estimates the distance, up to the critic's Lipschitz constant."""
        self.reads.check(real, fake)
        return fake.mean() - real.mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-E f(G(z))."""
        self.reads.check(real, fake)
        return -fake.mean()


@dataclass(frozen=True)
class Relativistic:
    """Pairing each real sample with a fake (Jolicoeur-Martineau 2018, https://arxiv.org/abs/1807.00734).

    D: E softplus(D(G(z)) - D(x)). G: E softplus(D(x) - D(G(z))). The loss of R3GAN (Huang et al. 2024,
    https://arxiv.org/abs/2501.05441) with the penalties r1 and r2.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: bool = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The real picture should look more real than the fake it is paired with."""
        self.reads.check(real, fake)
        return softplus(fake - real).mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The other way round."""
        self.reads.check(real, fake)
        return softplus(real - fake).mean()


def adversarial(loss: object) -> AdversarialLoss:
    """An adversarial loss, made sure of.

    Raises:
        TypeError: It is something else, such as a name or a class; the message says what to write.
    """
    if not isinstance(loss, type) and all(hasattr(loss, part) for part in ("discriminator", "generator", "reads")):
        return cast("AdversarialLoss", loss)
    known = {name.lower(): name for name in __all__ if hasattr(globals()[name], "needs_real") and name[0] != "A"}
    word = loss.__name__ if isinstance(loss, type) else loss if isinstance(loss, str) else type(loss).__name__
    got = f"the class {word}" if isinstance(loss, type) else repr(loss) if isinstance(loss, str) else f"a {word}"
    near = difflib.get_close_matches(word.lower().replace("-", "").replace("_", ""), known, 1)
    if near or hasattr(loss, "needs_real"):
        raise TypeError(f"loss is {got}; expected an object: write {f'losses.{known[near[0]]}' if near else word}()")
    every = ", ".join(f"losses.{name}()" for name in known.values())
    raise TypeError(
        f"loss is {got}; expected an object with a side for each player: {every} (NonSaturating is binary cross "
        "entropy on logits), or one of your own with discriminator(real, fake) and generator(real, fake)"
    )


def decisive(loss: AdversarialLoss) -> bool:
    """Whether a loss reads logits and changes when all of them rise alike, so that one above 0 says "real"."""
    low, high = (torch.full(loss.reads.shape(2), level) for level in (0.0, 3.0))
    logits = loss.reads.logits(high)
    if logits is None or bool((logits < 0).any()):
        return False
    return not torch.equal(loss.discriminator(low, low), loss.discriminator(high, high))


GOODFELLOW = Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661")
METHODS = (
    Method(
        name="GAN, minimax",
        python="GAN(..., losses.Minimax())",
        papers=(GOODFELLOW,),
        section="3.2.2",
        figure="16",
        in_readme=True,
    ),
    Method(
        name="GAN, non-saturating",
        python="GAN(..., losses.NonSaturating())",
        papers=(GOODFELLOW,),
        section="3.2.3",
        figure="16",
        command="sparring train dcgan",
        record="demo",
        in_readme=True,
    ),
    Method(
        name="relativistic GAN with R1 and R2 (R3GAN)",
        python="GAN(..., losses.Relativistic(), {penalties.r1: 0.5, penalties.r2: 0.5})",
        papers=(
            Paper("Jolicoeur-Martineau", 2018, "https://arxiv.org/abs/1807.00734"),
            Paper("Mescheder et al.", 2018, "https://arxiv.org/abs/1801.04406"),
            Paper("Huang et al.", 2024, "https://arxiv.org/abs/2501.05441"),
        ),
        command="sparring train ring",
        record="ring",
        in_readme=True,
    ),
)
