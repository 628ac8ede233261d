"""One Gaussian fitted to two by either direction of the KL divergence, and where the reverse fit lets go of one."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.optimize import brentq, minimize
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import KL, FDivergence, ReverseKL

__all__ = ["FIGURE"]

X = torch.linspace(-18, 18, 1801, dtype=torch.float64)


def log_normal(mean: float | Tensor, scale: float | Tensor) -> Tensor:
    mean, scale = (torch.as_tensor(number, dtype=torch.float64) for number in (mean, scale))
    return -((X - mean) / scale).square() / 2 - scale.log() - math.log(2 * math.pi) / 2


def log_mixture(m: float) -> Tensor:
    """Of half N(-m, 1) and half N(m, 1)."""
    return torch.logaddexp(log_normal(-m, 1.0), log_normal(m, 1.0)) - math.log(2)


def value(loss: FDivergence, log_p: Tensor, log_q: Tensor) -> Tensor:
    """The bound of the loss where the logit is exact, which is the divergence, by the trapezium rule."""
    ratio = log_p - log_q
    return torch.trapezoid(log_p.exp() * loss.slope(ratio) - log_q.exp() * loss.conjugate(ratio), X)


def fit(loss: FDivergence, m: float, start: tuple[float, float]) -> tuple[float, float, float]:
    """Mean, standard deviation and divergence of the best Gaussian near one that is given by (mean, deviation)."""

    def down(
        at: np.ndarray[tuple[int], np.dtype[np.float64]],
    ) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        place = torch.tensor(at, requires_grad=True)
        found = value(loss, log_mixture(m), log_normal(place[0], place[1].exp()))
        (slope,) = torch.autograd.grad(found, place)
        return found.item(), slope.numpy()

    found = minimize(down, [start[0], math.log(start[1])], jac=True, method="BFGS", options={"gtol": 1e-8})
    return found.x[0], math.exp(found.x[1]), found.fun


def covering(m: float) -> tuple[float, float, float]:
    """The reverse fit that begins as wide as both."""
    return fit(ReverseKL(), m, (0.0, math.sqrt(1 + m * m)))


def seeking(m: float) -> tuple[float, float, float]:
    """The one that begins on a mode."""
    return fit(ReverseKL(), m, (m, 1.0))


def make() -> Drawn:
    m = 3.0
    fits = {"KL(data, model)": fit(KL(), m, (0.5, 2.0)), "KL(model, data)": seeking(m)}
    pictures = []
    for (name, (mean, scale, _)), word in zip(fits.items(), ("covers both modes", "takes one mode"), strict=True):
        axes = blank(f"Least {name}: {word}", "x", "density", (4.6, 2.6))
        axes.plot(X, log_mixture(m).exp(), color=COLOURS["real"].light, label="data", linestyle=(0, (4, 1.5)))
        axes.plot(X, log_normal(mean, scale).exp(), color=COLOURS["generated"].light, label="model")
        axes.set(xlim=(-9, 9), ylim=(0, 0.45))
        axes.legend(loc="upper left")
        pictures.append(Picture.of(axes, f"Data with modes at -3 and 3, and the Gaussian of least {name}: it {word}."))
    switch = brentq(lambda at: seeking(at)[2] - covering(at)[2], 2.6, 3.0, xtol=1e-5)
    axes = blank("Both minima of KL(model, data)", "m: the modes are at \u2212m and m", "nats", (4.6, 2.6))
    places = np.linspace(2.45, 4.0, 32).tolist()
    axes.plot(places, [covering(at)[2] for at in places], color=SERIES[1])
    axes.plot(places, [seeking(at)[2] for at in places], color=SERIES[0])
    axes.axvline(switch, color=COLOURS["quiet"].light, linewidth=1, linestyle=(0, (4, 2)))
    axes.text(3.4, 1.5, "on both modes", color=SERIES[1], ha="right")
    axes.text(3.5, 0.52, "on one mode", color=SERIES[0])
    axes.text(switch - 0.03, 1.75, f"m = {switch:.3f}", color=COLOURS["quiet"].light, ha="right")
    words = f"Two curves against m cross at {switch:.3f}; beyond it the minimum on one mode is the lower one."
    pictures.append(Picture.of(axes, words))
    return Drawn(tuple(pictures), tuple(pairs(switch)))


def pairs(switch: float) -> list[Pair]:
    found = [Pair("m where taking one mode becomes better", switch, 2.8, 1e-3)]
    for m, least in ((1, 0.0097), (2, 0.172), (3, 0.462)):
        mean, scale, nats = fit(KL(), m, (0.5, 2.0))
        found += [
            Pair(f"KL(data, model), m = {m}: mean", mean, 0.0, 1e-4),
            Pair(f"KL(data, model), m = {m}: deviation, \u221a(1 + m²)", scale, math.sqrt(1 + m * m), 1e-4),
            Pair(f"KL(data, model), m = {m}: nats", nats, least, 1e-3),
        ]
    for m, (mean, scale, nats) in ((1, (0, 1.394, 0.0109)), (2, (0, 2.047, 0.2265)), (3, (2.984, 1.023, 0.6888))):
        one = seeking(m) if m == 3 else covering(m)
        found += [
            Pair(f"KL(model, data), m = {m}: mean", one[0], mean, 1e-3),
            Pair(f"KL(model, data), m = {m}: deviation", one[1], scale, 1e-3),
            Pair(f"KL(model, data), m = {m}: nats", one[2], nats, 1e-4),
        ]
    return found


FIGURE = Figure(
    title="One Gaussian for two modes, by either direction of KL",
    text="Fitted by KL(data, model), as in maximum likelihood, the model covers both modes and what is between them. "
    "Fitted by KL(model, data), it sits on one mode, but only when the modes are far enough apart.",
    source="report, section 3.2.5 and figure 14",
    section="3.2.5",
    make=make,
    seconds=1.0,
    python="""
import torch
from torch.distributions import Normal
from sparring import losses

x = torch.linspace(-18, 18, 1801, dtype=torch.float64)
log_p = torch.logaddexp(Normal(-3.0, 1.0).log_prob(x), Normal(3.0, 1.0).log_prob(x)) - torch.tensor(2.0).log()
measured = {}
for name, loss, start in (("KL(data, model)", losses.KL(), 0.5), ("KL(model, data)", losses.ReverseKL(), 3.0)):
    place = torch.tensor([start, 0.5], dtype=torch.float64, requires_grad=True)  # mean, log of the deviation
    optimizer = torch.optim.Adam([place], 0.02)
    for _ in range(800):
        log_q = Normal(place[0], place[1].exp()).log_prob(x)
        v = log_p - log_q  # the logit of the best discriminator
        nats = torch.trapezoid(log_p.exp() * loss.slope(v) - log_q.exp() * loss.conjugate(v), x)
        optimizer.zero_grad()
        nats.backward()
        optimizer.step()
    measured |= {f"{name}, m = 3: mean": place[0].item(), f"{name}, m = 3: nats": nats.item()}
print(measured)
""",
)
