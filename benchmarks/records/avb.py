"""Adversarial variational Bayes on two toys whose posterior is known by integration.

Usage: python benchmarks/records/avb.py      (goes on where it was stopped; finished runs are in benchmarks/avb/)

Two latents have a normal prior. The example is their sum with noise, whose posterior is a correlated Gaussian, or their
product with noise, whose posterior has two bent modes. A grid integrates both. Measured at five examples of each: the
total variation distance between the posterior and 20,000 latents that the encoder drew, in cells of width 1/2. Controls
in the same cells: the best Gaussian without correlation, which minimises the same divergence by the grid; the prior;
and as many draws from the posterior itself, which is the floor. The evidence and the bound are compared too.

Widths, rates and rounds were chosen on seed 11. The seeds were fixed before the first run.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor, nn

import sparring as sp
from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp
from sparring.games.theory.avb import AdversarialVariationalBayes, Gaussian
from sparring.machine.files import write_atomically
from sparring.networks.concatenation import Beside

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "avb"
SEEDS = (1, 2, 3)
DRAWS, CELL, REACH, FINE = 20_000, 0.5, 4.0, 0.05


class Sum(nn.Module):
    """Of the numbers of a latent."""

    def forward(self, z: Tensor) -> Tensor:
        """[B, 2] to [B, 1]."""
        return z.sum(1, keepdim=True)


class Product(nn.Module):
    """Of the numbers of a latent."""

    def forward(self, z: Tensor) -> Tensor:
        """[B, 2] to [B, 1]."""
        return z.prod(1, keepdim=True)


@dataclass(frozen=True)
class Toy:
    """A decoder, the deviation of its noise, and where it is looked at."""

    name: str
    decoder: type[nn.Module]
    deviation: float
    at: tuple[float, ...]

    @property
    def likelihood(self) -> Gaussian:
        """Of examples and latents."""
        return Gaussian(self.decoder(), self.deviation)

    def data(self, seed: int, n: int = 20_000) -> Tensor:
        """Examples of the model [n, 1]."""
        key = sp.Key(seed, ("toy", self.name))
        return self.decoder()(key.normal("z", (n, 2))) + self.deviation * key.normal("noise", (n, 1))


TOYS = (Toy("sum", Sum, 0.5, (-2.0, -1.0, 0.0, 1.0, 2.0)), Toy("product", Product, 0.3, (-1.5, -0.5, 0.0, 0.5, 1.5)))


def grid() -> Tensor:
    """Middles of small cells, [M^2, 2]."""
    line = torch.arange(-REACH + FINE / 2, REACH, FINE, dtype=torch.float64)
    return torch.cartesian_prod(line, line)


def log_joint(toy: Toy, x: float, z: Tensor) -> Tensor:
    """Log p(x, z) [n]."""
    prior = -z.square().sum(1) / 2 - math.log(2 * math.pi)
    return toy.likelihood(torch.full((len(z), 1), x, dtype=z.dtype), z) + prior


def cells(p: Tensor) -> Tensor:
    """Probabilities of the cells of a density on the grid, which is made to sum to 1."""
    side, k = round(2 * REACH / FINE), round(CELL / FINE)
    square = (p / p.sum()).reshape(side // k, k, side // k, k)
    return square.sum((1, 3)).flatten()


def counted(z: Tensor) -> Tensor:
    """The shares of draws [n, 2] in the cells; those outside are in the last one."""
    side = round(2 * REACH / CELL)
    place = ((z.double() + REACH) / CELL).floor().long().clamp(0, side - 1)
    return (place[:, 0] * side + place[:, 1]).bincount(minlength=side**2).double() / len(z)


def apart(p: Tensor, q: Tensor) -> float:
    """Total variation."""
    return (p - q).abs().sum().item() / 2


def factorised(toy: Toy, x: float, z: Tensor) -> tuple[Tensor, float]:
    """The Gaussian without correlation that is best on the grid: its density, and its bound in nats."""
    joint = log_joint(toy, x, z)

    def log_q(parameters: Tensor) -> Tensor:
        mean, log_deviation = parameters[:2], parameters[2:]
        squares = ((z - mean) / log_deviation.exp()).square() + 2 * log_deviation + math.log(2 * math.pi)
        return -squares.sum(1) / 2

    def cost(values: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = torch.tensor(values, requires_grad=True)
        log = log_q(parameters)
        total = (log.exp() * (log - joint)).sum() * FINE**2
        (slope,) = torch.autograd.grad(total, parameters)
        return total.item(), slope.numpy()

    starts = ((0.0, 0.0, -0.5, -0.5), (1.0, 1.0, -1.0, -1.0), (1.0, -1.0, -1.0, -1.0), (-1.0, -1.0, -1.0, -1.0))
    bounds = [(-3.0, 3.0)] * 2 + [(-2.0, 0.5)] * 2
    found = min((minimize(cost, start, jac=True, bounds=bounds) for start in starts), key=lambda one: one.fun)
    return log_q(torch.tensor(found.x)).exp(), -float(found.fun)


def trained(toy: Toy, seed: int, rounds: int, units: int) -> AdversarialVariationalBayes:
    """The game after training."""
    with sp.Key(seed, ("initial weights",)).seeded():
        encoder = Beside(sp.MLP(1 + 4, units, units, 2))
        adversary = Beside(sp.MLP(1 + 2, units, units, 1, logits=True))
        noise = sp.Normal(4, "noise")
        game = AdversarialVariationalBayes(encoder, toy.likelihood, adversary, sp.Normal(2), noise)
    rates = {"adversary": 2e-3, "encoder": 5e-4}
    optimizers = {
        player: torch.optim.Adam(game.strategy(player).values(), lr=rate, betas=(0.5, 0.999), fused=True)
        for player, rate in rates.items()
    }
    turns = sp.Alternating({"adversary": 2})
    phase = sp.Phase(game, optimizers, {"data": sp.InMemory(toy.data(seed))}, rounds, turns, batch=256)
    factors = sp.schedules.linear(1.0, 0.02, first=0.5)
    sp.Trainer(phase, hooks=[sp.hooks.LearningRate(dict.fromkeys(rates, factors), rounds)], seed=seed).play()
    return game


def look(toy: Toy, seed: int, rounds: int, units: int) -> dict[str, Any]:
    """One run of a toy."""
    used, z = time.process_time(), grid()
    game = trained(toy, seed, rounds, units)
    seconds, at = time.process_time() - used, []
    for x in toy.at:
        exact = log_joint(toy, x, z)
        p, drawn = cells(exact.exp()), game.posterior(torch.tensor([x]), DRAWS, seed)
        best, bound = factorised(toy, x, z)
        own = torch.multinomial(p, DRAWS, True, generator=torch.Generator().manual_seed(seed))
        weights = (exact - exact.logsumexp(0)).exp()
        mean = weights @ z
        centred = z - mean
        covariance = centred.T @ (weights[:, None] * centred)
        with torch.no_grad():
            many = torch.full((DRAWS, 1), x)
            found = (game.likelihood(many, drawn) - game.adversary(many, drawn)).mean().item()
        at.append({
            "x": x,
            "apart": apart(p, counted(drawn)),
            "factorised": apart(p, cells(best)),
            "prior": apart(p, cells((-z.square().sum(1) / 2).exp())),
            "floor": apart(p, own.bincount(minlength=len(p)).double() / DRAWS),
            "mean": drawn.mean(0).tolist(), "exact mean": mean.tolist(),
            "covariance": torch.cov(drawn.T).flatten().tolist(), "exact covariance": covariance.flatten().tolist(),
            "log evidence": exact.logsumexp(0).item() + 2 * math.log(FINE),
            "bound": found, "factorised bound": bound,
        })  # fmt: skip
    return {"toy": toy.name, "seed": seed, "at": at, "seconds": round(seconds, 1)}


def rows(seeds: Sequence[int], folder: Path | None, rounds: int, units: int) -> list[dict[str, Any]]:
    """All runs, one after the other; those that are finished are read."""
    done = []
    for seed in seeds:
        for toy in TOYS:
            file = folder / f"{toy.name}.{seed}.json" if folder else None
            if file is None or not file.exists():
                told = look(toy, seed, rounds, units)
                if file is None:
                    done.append(told)
                    continue
                file.parent.mkdir(exist_ok=True)
                write_atomically(file, json.dumps(told, indent=1).encode() + b"\n")
            done.append(json.loads(file.read_text(encoding="utf-8")))
    return done


def mean(runs: Sequence[dict[str, Any]], toy: str, key: str) -> list[float]:
    """The mean over examples, of each seed."""
    return [sum(one[key] for one in run["at"]) / len(run["at"]) for run in runs if run["toy"] == toy]


def correlation(covariance: Sequence[float]) -> float:
    """Of two numbers."""
    return covariance[1] / math.sqrt(covariance[0] * covariance[3])


def made(runs: Sequence[dict[str, Any]], **about: Any) -> Record:
    """The record of these runs."""
    ours, controls, claims = [], [], []
    for toy in TOYS:
        what = f"{toy.name} of two latents: total variation between posterior and draws"
        found = over_seeds(what, mean(runs, toy.name, "apart"))
        exact = {"best Gaussian without correlation": "factorised", "prior": "prior"}
        figures = [
            Figure(what=f"{toy.name}: the same, {name}", value=mean(runs, toy.name, key)[0])
            for name, key in exact.items()
        ]
        floor = f"{toy.name}: the same, as many draws from the posterior itself, the floor"
        figures.append(over_seeds(floor, mean(runs, toy.name, "floor")))
        ours.append(found)
        controls += figures
        words = f"The encoder is nearer than the best Gaussian without correlation, for the {toy.name}, on every seed."
        claims.append(Claim(words=words, left=max(found.values), relation="<", right=figures[0].value))
    of_sum = [one for run in runs if run["toy"] == "sum" for one in run["at"]]
    values = [correlation(one["covariance"]) for one in of_sum]
    per_seed = [sum(values[i : i + 5]) / 5 for i in range(0, len(values), 5)]
    ours.append(over_seeds("sum: correlation of the two latents given x, mean over examples", per_seed))
    exact = Figure(what="sum: the exact correlation", value=correlation(of_sum[0]["exact covariance"]))
    words = "The two latents are correlated, given their sum, on every seed."
    claims.append(Claim(words=words, left=max(per_seed), relation="<", right=0.0))
    return Record(
        command="python benchmarks/records/avb.py",
        seeds=tuple(dict.fromkeys(run["seed"] for run in runs)),
        ours=tuple(ours),
        controls=(*controls, exact),
        claims=tuple(claims),
        missing={"published": "the paper's toy has four data points, and shows pictures without numbers"},
        details={"runs": list(runs)},
        **about,
    )


def run(quick: bool = False) -> Record:
    """Three seeds; quickly one, for two rounds of small networks."""
    torch.set_num_threads(1)
    runs = rows(SEEDS[:1], None, 2, 8) if quick else rows(SEEDS, RUNS, ROUNDS, UNITS)
    return made(runs, **stamp(sum(run["seconds"] for run in runs)))


ROUNDS, UNITS = 1500, 64


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
