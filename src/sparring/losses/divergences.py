"""The f-divergences, each with f(u), T(v) = f'(exp v) and f*(T(v)), in the log ratio v (`f_divergence.py`).

Nowozin et al. (2016), https://arxiv.org/abs/1606.00709, have most of them, with output activations. Those with exp(v)
overflow beyond their exact range: training then stops and names the term.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import softplus

from sparring.losses.f_divergence import FDivergence
from sparring.losses.precise import apart, expm1
from sparring.methods import Method, Paper

__all__ = [
    "DIVERGENCES",
    "KL",
    "METHODS",
    "Alpha",
    "GANDivergence",
    "Hellinger",
    "Jeffreys",
    "JensenShannon",
    "Neyman",
    "Pearson",
    "ReverseKL",
    "TotalVariation",
    "divergence",
]


@dataclass(frozen=True)
class KL(FDivergence):
    """KL(p, q) = integral p log p / q, which maximum likelihood descends; G is that of `MaximumLikelihood`."""

    name: ClassVar[str] = "kl"
    exact: ClassVar[float] = 80.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = u log u."""
        return u * u.log()

    def slope(self, v: Tensor) -> Tensor:
        """T = v + 1."""
        return v + 1

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = exp(v)."""
        return v.exp()


@dataclass(frozen=True)
class ReverseKL(FDivergence):
    """KL(q, p) = integral q log q / p, which seeks modes."""

    name: ClassVar[str] = "reverse-kl"
    exact: ClassVar[float] = 80.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = -log u."""
        return -u.log()

    def slope(self, v: Tensor) -> Tensor:
        """T = -exp(-v)."""
        return -(-v).exp()

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = v - 1."""
        return v - 1


@dataclass(frozen=True)
class Pearson(FDivergence):
    """Pearson's chi-squared divergence: integral (p - q)^2 / q."""

    name: ClassVar[str] = "pearson"
    exact: ClassVar[float] = 40.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = (u - 1)^2."""
        return (u - 1).square()

    def slope(self, v: Tensor) -> Tensor:
        """T = 2 (exp(v) - 1)."""
        return 2 * expm1(v)

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = exp(2v) - 1."""
        return expm1(2 * v)


@dataclass(frozen=True)
class Neyman(FDivergence):
    """Neyman's chi-squared divergence: integral (p - q)^2 / p."""

    name: ClassVar[str] = "neyman"
    exact: ClassVar[float] = 40.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = (1 - u)^2 / u."""
        return (1 - u).square() / u

    def slope(self, v: Tensor) -> Tensor:
        """T = 1 - exp(-2v)."""
        return -expm1(-2 * v)

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = 2 - 2 exp(-v)."""
        return -2 * expm1(-v)


@dataclass(frozen=True)
class Hellinger(FDivergence):
    """Integral (sqrt p - sqrt q)^2: twice what some texts call the squared Hellinger distance."""

    name: ClassVar[str] = "hellinger"
    exact: ClassVar[float] = 160.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = (sqrt u - 1)^2."""
        return (u.sqrt() - 1).square()

    def slope(self, v: Tensor) -> Tensor:
        """T = 1 - exp(-v / 2)."""
        return -expm1(-v / 2)

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = exp(v / 2) - 1."""
        return expm1(v / 2)


@dataclass(frozen=True)
class Jeffreys(FDivergence):
    """KL(p, q) + KL(q, p)."""

    name: ClassVar[str] = "jeffreys"
    exact: ClassVar[float] = 80.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = (u - 1) log u."""
        return (u - 1) * u.log()

    def slope(self, v: Tensor) -> Tensor:
        """T = v + 1 - exp(-v)."""
        return v - expm1(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = exp(v) + v - 1."""
        return v + expm1(v)


@dataclass(frozen=True)
class JensenShannon(FDivergence):
    """Twice the Jensen-Shannon divergence, at most 2 log 2: KL(p, m) + KL(q, m) with m = (p + q) / 2."""

    name: ClassVar[str] = "jensen-shannon"
    exact: ClassVar[float] = 100.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = u log u - (u + 1) log((1 + u) / 2)."""
        return u * u.log() - (u + 1) * ((1 + u) / 2).log()

    def slope(self, v: Tensor) -> Tensor:
        """T = log 2 - softplus(-v)."""
        return apart(v, lambda v: (v / 2).tanh().log1p(), lambda v: math.log(2.0) - softplus(-v))

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = softplus(v) - log 2."""
        return -self.slope(-v)


@dataclass(frozen=True)
class GANDivergence(FDivergence):
    """What the first GAN descends, 2 JS - log 4: `Minimax` as an f-divergence (Goodfellow et al. 2014, theorem 1)."""

    name: ClassVar[str] = "gan"
    exact: ClassVar[float] = 100.0

    def f(self, u: Tensor) -> Tensor:
        """`f` = u log u - (u + 1) log(u + 1)."""
        return u * u.log() - (u + 1) * u.log1p()

    def slope(self, v: Tensor) -> Tensor:
        """T = -softplus(-v) = log D."""
        return -softplus(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = softplus(v) = -log(1 - D)."""
        return softplus(v)


@dataclass(frozen=True)
class Alpha(FDivergence):
    """(integral p^a q^(1 - a) - 1) / (a (a - 1)): half of Pearson's at a = 2 and of Neyman's at -1.

    Attributes:
        alpha: The order a, neither 0 nor 1. It tends to `KL` at 1 and to `ReverseKL` at 0; at 1/2 it is twice
            `Hellinger`.

    Raises:
        ValueError: The order is 0, 1 or not finite.
    """

    name: ClassVar[str] = "alpha"

    alpha: float = 0.5

    def __post_init__(self) -> None:
        if self.alpha in (0, 1) or not math.isfinite(self.alpha):
            raise ValueError(f"alpha is {self.alpha}; expected another number: for 0 write ReverseKL(), for 1 KL()")

    @property
    def exact(self) -> float:
        """80 over the larger of |a| and |a - 1|."""
        return 80 / max(abs(self.alpha), abs(self.alpha - 1))

    def f(self, u: Tensor) -> Tensor:
        """`f` = (u^a - 1 - a (u - 1)) / (a (a - 1))."""
        return (u**self.alpha - 1 - self.alpha * (u - 1)) / (self.alpha * (self.alpha - 1))

    def slope(self, v: Tensor) -> Tensor:
        """T = (exp((a - 1) v) - 1) / (a - 1)."""
        return expm1((self.alpha - 1) * v) / (self.alpha - 1)

    def conjugate(self, v: Tensor) -> Tensor:
        """f* = (exp(a v) - 1) / a."""
        return expm1(self.alpha * v) / self.alpha


@dataclass(frozen=True)
class TotalVariation(FDivergence):
    """Half of integral |p - q|, between 0 and 1.

    f' jumps at 1, from -1/2 to 1/2, so T(v) = tanh(v / 2) / 2 goes smoothly from one to the other, and f*(T) = T. The
    best logit is infinite, with the sign of p - q, and no log ratio. `heuristic` changes nothing.
    """

    name: ClassVar[str] = "total-variation"
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    def f(self, u: Tensor) -> Tensor:
        """`f` = |u - 1| / 2."""
        return (u - 1).abs() / 2

    def slope(self, v: Tensor) -> Tensor:
        """T = tanh(v / 2) / 2, which is D - 1/2."""
        return apart(v, lambda v: (v / 2).tanh() / 2, lambda v: (-softplus(-v)).exp() - 0.5)

    def conjugate(self, v: Tensor) -> Tensor:
        """The same."""
        return self.slope(v)


_ALL: tuple[type[FDivergence], ...] = (
    *(KL, ReverseKL, Pearson, Neyman, Hellinger, Jeffreys),
    *(JensenShannon, GANDivergence, Alpha, TotalVariation),
)
DIVERGENCES: Mapping[str, type[FDivergence]] = {cls.name: cls for cls in _ALL}
"""Each divergence by what the command line calls it."""


def divergence(name: str, *, heuristic: bool = False) -> FDivergence:
    """The divergence that the command line calls `name`.

    Raises:
        ValueError: There is none.

    Example:
        >>> divergence("reverse-kl")
        ReverseKL(heuristic=False)
    """
    if name in DIVERGENCES:
        return DIVERGENCES[name](heuristic=heuristic)
    near = difflib.get_close_matches(name.lower().replace("_", "-"), DIVERGENCES, 1)
    hint = f": did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"there is no divergence {name!r}{hint}; there are {', '.join(DIVERGENCES)}")


METHODS = (
    Method(
        name="f-GAN, in the log ratio",
        python="GAN(..., losses.KL()), losses.ReverseKL(), losses.Pearson(), losses.Neyman(), losses.Hellinger(), "
        "losses.Jeffreys(), losses.JensenShannon(), losses.GANDivergence(), losses.Alpha(0.5), losses.TotalVariation()",
        papers=(Paper("Nowozin et al.", 2016, "https://arxiv.org/abs/1606.00709"),),
        section="3.2.4, 3.2.5",
        figure="15",
        command="sparring train fgan --divergence reverse-kl",
        record="costs",
        measured="fgan-reverse-kl, best",
    ),
)
