"""The log-likelihood of examples under a trained generator with Gaussian noise: in groups, kept, with a bracket.

`metrics.ais` has the estimates. Here a long work is cut into groups of ten examples, whose memory is bounded and whose
results are kept as they come, so that what was interrupted goes on where it stopped. A group's chance depends on the
seed and on its number only.
"""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.machine import progress
from sparring.machine.files import explained, write_atomically
from sparring.machine.plain import read_json
from sparring.metrics.ais import REDUCED, Protocol, ais, bidirectional, work
from sparring.metrics.annealing import Advance
from sparring.metrics.variance import VARIANCES, likelihoods

__all__ = ["Estimate", "choose_variance", "estimate", "halved"]

GROUP = 10
"""Examples at once."""

Found = dict[str, Any]
"""Of a group, as JSON."""


def halved(protocol: Protocol) -> Protocol:
    """The protocol for the choice of a variance: half of each number, and 50 examples at most.

    Beside `REDUCED` and its bracket, a twentieth of the work.
    """
    examples = min(50, max(2, protocol.pictures // 2))
    return Protocol(examples, max(1, protocol.temperatures // 2), max(1, protocol.chains // 2))


def choose_variance(
    decoder: nn.Module,
    x: Tensor,
    *,
    latent: int,
    variances: Sequence[float] = VARIANCES,
    protocol: Protocol = REDUCED,
    seed: int = 0,
    kept: Path | None = None,
) -> tuple[float, list[float]]:
    """The variance under which examples are the most likely, and the mean log-likelihood under each, nats.

    One short run of annealing serves all candidates; being short it errs downwards by more than an estimate does, and
    the more the smaller the variance.

    Args:
        decoder: As for `estimate`.
        x: Examples [n, ...] that are used for nothing else, n as in the protocol `halved`.
        latent: The size of z.
        variances: The candidates, in x's units squared.
        protocol: That of the estimate to come: here `halved`.
        seed: Of all chance.
        kept: As for `estimate`.

    Raises:
        ValueError: As `metrics.variance.likelihoods`.
    """
    half = halved(protocol)
    numbers: dict[str, Any] = {"temperatures": half.temperatures, "chains": half.chains}

    def compute(part: Tensor, seed: int, advance: Advance) -> Found:
        settings = {"latent": latent, **numbers, "seed": seed, "advance": advance}
        return {"sums": likelihoods(decoder, part, variances=variances, **settings).sum(dim=1).tolist()}

    each = work(half.temperatures + len(set(variances)) - 1, half.chains)
    settings = {"latent": latent, "variances": list(variances), **numbers, "seed": seed}
    groups = _in_groups("choosing the variance", compute, x, each, seed, _file(kept, decoder, x, settings))
    means = [math.fsum(sums) / len(x) for sums in zip(*(group["sums"] for group in groups), strict=True)]
    return variances[means.index(max(means))], means


@dataclass(frozen=True)
class Estimate:
    """What `estimate` found, with what decides it.

    Attributes:
        mean: Of log p(x) over the examples, nats; too small rather than too large.
        standard_error: Of the mean, over examples.
        values: log p(x) of each.
        effective: How many of the chains carry each value.
        acceptance: The share of transitions that were accepted.
        lower: The mean estimate from below, of examples that the decoder made itself.
        upper: That from above of the same: the expected error of either is smaller than their distance, the gap.
        gap_error: The gap's standard error, over these examples.
        variance: Of the noise.
        protocol: Numbers of examples, of temperatures and of chains.
        seed: Of all chance.
    """

    mean: float
    standard_error: float
    values: tuple[float, ...]
    effective: tuple[float, ...]
    acceptance: float
    lower: float
    upper: float
    gap_error: float
    variance: float
    protocol: Protocol
    seed: int

    @property
    def gap(self) -> float:
        """The width of the bracket, nats."""
        return self.upper - self.lower

    @property
    def doubts(self) -> list[str]:
        """Why not to trust the mean, in sentences; none where nothing speaks against it."""
        found = []
        if self.gap > self.standard_error:
            found.append(
                f"The bracket ({self.gap:.3g} nats) is wider than the standard error ({self.standard_error:.3g}): "
                "take more temperatures."
            )
        if self.protocol.chains > 1 and median(self.effective) < 2:
            found.append(
                f"Most estimates depend on few chains (median: {median(self.effective):.1f} effective of "
                f"{self.protocol.chains}): take more temperatures."
            )
        return found


def estimate(
    decoder: nn.Module,
    x: Tensor,
    *,
    latent: int,
    variance: float,
    protocol: Protocol = REDUCED,
    seed: int = 0,
    kept: Path | None = None,
) -> Estimate:
    """The log-likelihood of examples, and the bracket on as many that the decoder makes.

    Args:
        decoder: Maps latents [B, latent] to means [B, ...], in eval mode.
        x: Examples [n, ...], n as in the protocol, on the decoder's device.
        latent: The size of z.
        variance: Of the noise; chosen on other examples.
        protocol: Numbers of temperatures and of chains; REDUCED without.
        seed: Of all chance.
        kept: A folder for finished groups. Called again in the same way it computes only those that are missing.

    Raises:
        ValueError: As `ais`, or there are not as many examples as the protocol has.
    """
    if len(x) != protocol.pictures or len(x) < 2:
        raise ValueError(f"got {len(x)} examples; expected the number of the protocol ({protocol.pictures}), 2 or more")
    numbers: dict[str, Any] = {"temperatures": protocol.temperatures, "chains": protocol.chains}
    settings = {"latent": latent, "variance": variance, **numbers}

    def compute(part: Tensor, seed: int, advance: Advance) -> Found:
        found = ais(decoder, part, **settings, seed=seed, advance=advance)
        bracket = bidirectional(decoder, **settings, pictures=len(part), seed=seed, like=part, advance=advance)
        columns = {"values": found.values, "effective": found.effective, "lower": bracket.lower, "upper": bracket.upper}
        return {name: column.tolist() for name, column in columns.items()} | {"acceptance": found.acceptance}

    each = sum(work(protocol.temperatures, protocol.chains, directions) for directions in (1, 2))
    file = _file(kept, decoder, x, {**settings, "seed": seed})
    return _summary(_in_groups("log-likelihood", compute, x, each, seed, file), variance, protocol, seed)


def _summary(groups: Sequence[Found], variance: float, protocol: Protocol, seed: int) -> Estimate:
    parts = {name: [v for group in groups for v in group[name]] for name in ("values", "effective", "lower", "upper")}
    gaps = [high - low for low, high in zip(parts["lower"], parts["upper"], strict=True)]
    acceptance = sum(group["acceptance"] * len(group["values"]) for group in groups) / len(gaps)
    return Estimate(
        mean=fmean(parts["values"]),
        standard_error=_error(parts["values"]),
        values=tuple(parts["values"]),
        effective=tuple(parts["effective"]),
        acceptance=acceptance,
        lower=fmean(parts["lower"]),
        upper=fmean(parts["upper"]),
        gap_error=_error(gaps),
        variance=variance,
        protocol=protocol,
        seed=seed,
    )


def _error(values: Sequence[float]) -> float:
    mean = fmean(values)
    return math.sqrt(fmean((value - mean) ** 2 for value in values) / len(values))


def _in_groups(
    title: str,
    compute: Callable[[Tensor, int, Advance], Found],
    x: Tensor,
    work: int,
    seed: int,
    file: Path | None,
) -> list[Found]:
    """What `compute` finds for each group of examples, given a seed of its own; `work` is that for one example."""
    parts = dict(enumerate(torch.split(x, GROUP)))
    found: dict[str, Found] = read_json(file.read_bytes()) if file and file.exists() else {}
    missing = [i for i in parts if str(i) not in found]
    with progress.steps(title, work * sum(len(parts[i]) for i in missing)) as advance:
        for i in missing:
            own = int(Key(seed, ("likelihood", i)).integers("seed", (1,), 2**62))
            found[str(i)] = compute(parts[i], own, _times(len(parts[i]), advance))
            if file:
                _kept(file, found)
    return [found[str(i)] for i in parts]


def _kept(file: Path, found: dict[str, Found]) -> None:
    """Writes what was found so far; where that fails, an interruption costs it, and nothing else."""
    try:
        write_atomically(file, json.dumps(found).encode())
    except OSError as error:
        warnings.warn(f"{explained(error)}. What is found cannot be kept: if stopped, it begins again", stacklevel=2)


def _times(n: int, advance: Advance) -> Advance:
    return lambda chains: advance(n * chains)


def _file(kept: Path | None, decoder: nn.Module, x: Tensor, settings: dict[str, Any]) -> Path | None:
    """Where results are kept, under a name that depends on all that decides them."""
    return kept and kept / f"{_digest(decoder, x, {**settings, 'group': GROUP})[:16]}.json"


def _digest(decoder: nn.Module, x: Tensor, settings: dict[str, Any]) -> str:
    """SHA-256 of all that decides the values."""
    digest = hashlib.sha256(json.dumps([repr(decoder), settings]).encode())
    for name, tensor in {**decoder.state_dict(), "x": x}.items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
