"""Divergences read off a discriminator's logits, and how an over- or underfitted one spoils them."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from scipy.integrate import quad
from scipy.optimize import minimize
from torch import Tensor, nn
from torch.distributions import Normal
from torch.optim import Adam

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank, leaving
from sparring.losses import NonSaturating, estimates
from sparring.networks.fourier import Fourier
from sparring.networks.mlp import MLP

__all__ = ["FIGURE"]

LOSS = NonSaturating()
READ = estimates(LOSS)
"""What a GAN logs with `watch=losses.estimates(loss)`."""

DATA, MODEL = Normal(0.0, 1.0), Normal(1.0, 2.0)

KNOWN = {"kl": math.log(2) + 2 / 8 - 0.5, "reverse_kl": -math.log(2) + 5 / 2 - 0.5}
"""Of N(a, s^2) and N(b, t^2): log t/s + (s^2 + (a - b)^2) / (2 t^2) - 1/2."""

STEPS, EVERY = 400, 8
"""Of the network that learns by heart, and how often we read."""

WORDS = {"kl": "KL(data, model)", "reverse_kl": "KL(model, data)", "js": "Jensen-Shannon"}


def log_ratio(x: float) -> float:
    return -x * x / 2 + (x - 1) ** 2 / 8 + math.log(2)


def cost(logit: Callable[[float], float]) -> float:
    """The discriminator's expected cost of any logit, by quadrature: log 4 - 2 JS at the best one."""

    def at(x: float) -> float:
        p = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        q = math.exp(-((x - 1) ** 2) / 8) / math.sqrt(8 * math.pi)
        v = logit(x)
        return p * math.log1p(math.exp(-v)) + q * math.log1p(math.exp(v))

    return float(quad(at, -12, 14, limit=200)[0])


def straight() -> float:
    """What the best straight line for a logit reads as Jensen-Shannon, by quadrature."""
    best = minimize(lambda line: cost(lambda x: line[0] + line[1] * x), [0.0, 0.0], tol=1e-10)
    return math.log(2) - float(best.fun) / 2


def even(of: Normal, n: int = 4000) -> Tensor:
    """Samples [n] without chance, at even quantiles."""
    found: Tensor = of.mean + of.stddev * torch.special.ndtri((torch.arange(n, dtype=torch.float64) + 0.5) / n)
    return found


def fit(highest: int, real: Tensor, fake: Tensor, steps: int = 800) -> Callable[[Tensor], Tensor]:
    """A discriminator whose logit is a polynomial, after learning from all samples, [n] and [n]."""
    weights = torch.zeros(highest + 1, dtype=torch.float64, requires_grad=True)

    def logit(x: Tensor) -> Tensor:
        return torch.stack([x**k for k in range(highest + 1)], dim=1) @ weights

    optimizer = Adam([weights], 0.05)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / steps)
        optimizer.zero_grad()
        LOSS.discriminator(logit(real), logit(fake)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return logit


def overfit(real: Tensor, fake: Tensor, others: tuple[Tensor, Tensor]) -> tuple[nn.Module, list[tuple[float, float]]]:
    """A network that learns a few samples by heart; Jensen-Shannon read off these, and off others, as it does."""
    with Key(0).seeded():
        network = nn.Sequential(Fourier(1, 24, 0.5, 6.0), MLP(49, 32, 1, activation=nn.Tanh, logits=True)).double()
    optimizer, course = Adam(network.parameters(), 0.01), []
    for step in range(STEPS):
        if step % EVERY == 0:
            with torch.no_grad():
                course.append((reading("js", network, real, fake), reading("js", network, *others)))
        optimizer.zero_grad()
        LOSS.discriminator(network(real), network(fake)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network, course


def reading(name: str, logit: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> float:
    """A divergence as read off the logits of samples."""
    return READ[name](logit(real), logit(fake)).item()


def make() -> Drawn:
    every = even(DATA), even(MODEL)
    right, line = fit(2, *every), fit(1, *every)
    noise = [Key(seed).normal("few", (20, 1), torch.float64) for seed in (30, 31)]  # no two are near one another
    real, fake = (of.mean + of.stddev * z for of, z in zip((DATA, MODEL), noise, strict=True))
    network, course = overfit(real, fake, (every[0][::8, None], every[1][::8, None]))
    x = torch.linspace(-4, 5, 361, dtype=torch.float64)
    logits = blank("Logits", "x", "logit of D")
    logits.plot(x, [log_ratio(each) for each in x.tolist()], color=COLOURS["line"].light, linewidth=6)
    with torch.no_grad():
        logits.plot(x, right(x), color=SERIES[2], label="right: a parabola")
        logits.plot(x, line(x), color=SERIES[0], label="too little: a line")
        known = network(x[:, None]).tolist()
        logits.plot(x, known, color=SERIES[1], linewidth=1, label="too much: a network, 20 samples")
    logits.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=8.5)
    logits.set(xlim=(-4, 5), ylim=(-16, 9))
    leaving(logits, x.tolist(), known, SERIES[1])
    truth = math.log(2) - cost(log_ratio) / 2
    read = blank("JS read off the network as it learns", "steps", "nats")
    read.axhline(truth, color=COLOURS["line"].light, linewidth=6)
    read.axhline(math.log(2), color=COLOURS["line"].light, linewidth=1)
    own, fresh = zip(*course, strict=True)
    for values, colour in ((own, SERIES[1]), (fresh, SERIES[0])):
        read.plot(range(0, STEPS, EVERY), values, color=colour)
    read.text(STEPS, 0.58, "off its own samples", color=SERIES[1], ha="right")
    read.text(STEPS, truth + 0.03, "the divergence", color=COLOURS["quiet"].light, ha="right")
    read.text(40, -0.2, "off other samples, down to \u22122.5", color=SERIES[0])
    read.set(xlim=(0, STEPS), ylim=(-0.3, 0.75))
    leaving(read, range(0, STEPS, EVERY), fresh, SERIES[0])
    pairs = [Pair(f"{WORDS[name]}, right, nats", reading(name, right, *every), nats, 0.005)
             for name, nats in {**KNOWN, "js": truth}.items()]  # fmt: skip
    pairs += [Pair("Jensen-Shannon, too little: best line, nats", reading("js", line, *every), straight(), 0.002),
              Pair("Jensen-Shannon, too much, off its own: log 2, nats", own[-1], math.log(2), 0.02)]  # fmt: skip
    words = "The parabola lies on the true log ratio, the line is far from it, and the network jumps up and down."
    more = "Off its own samples D reads more and more, up to log 2. Off others it soon reads far too little."
    return Drawn((Picture.of(logits, words), Picture.of(read, more)), tuple(pairs))


FIGURE = Figure(
    title="Divergences read off D, and how a poor D spoils them",
    text="The right D gives both KL divergences and Jensen-Shannon, and too simple a D reads too little. "
    "One that knows its samples by heart reads log 2 off them, and far too little off others.",
    source="report, section 3.2.1 and equation 9, and the last sentence of section 8.3",
    section="3.2.1",
    make=make,
    seconds=2.0,
    python="""
import torch
from torch.distributions import Normal
from sparring import losses

even = (torch.arange(4000, dtype=torch.float64) + 0.5) / 4000
real, fake = Normal(0.0, 1.0).icdf(even), Normal(1.0, 2.0).icdf(even)
loss, weights = losses.NonSaturating(), torch.zeros(3, dtype=torch.float64, requires_grad=True)
logit = lambda x: weights[0] + weights[1] * x + weights[2] * x**2
optimizer = torch.optim.Adam([weights], 0.05)
for _ in range(800):
    optimizer.zero_grad()
    loss.discriminator(logit(real), logit(fake)).backward()
    optimizer.step()
words = {"kl": "KL(data, model)", "reverse_kl": "KL(model, data)", "js": "Jensen-Shannon"}
read = losses.estimates(loss)  # GAN(..., watch=read) logs them
measured = {f"{words[name]}, right, nats": read[name](logit(real), logit(fake)).item() for name in read}
print(measured)
""",
)
