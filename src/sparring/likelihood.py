"""The log-likelihood of examples under a trained generator with Gaussian noise: in groups, kept, with a bracket.

`metrics.ais` has the estimates. Here a long work is cut into groups of ten examples, whose memory is bounded and whose
results are kept as they come, so that what was interrupted goes on where it stopped. A group's chance depends on the
seed and on its number only.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

import torch
from torch import Tensor, nn

from sparring import checkpoint, progress
from sparring.chance import Key
from sparring.latents import Normal
from sparring.metrics import variance
from sparring.metrics.ais import REDUCED, Protocol, ais, bidirectional, work
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["VALIDATION", "Estimate", "Pictures", "choose_variance", "decoder_of", "estimate"]

GROUP = 10
"""Examples at once."""

VALIDATION = Protocol(pictures=50, temperatures=500, chains=8)
"""For the choice of the variance: a twentieth of the work of `REDUCED`."""


class Pictures(nn.Module):
    """A generator of pictures in [-1, 1] as a decoder of pictures in [0, 1], the units of the published tables."""

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.generator(z)
        return (x + 1) / 2


def decoder_of(sampler: Sampler, *, pictures: bool) -> tuple[nn.Module, int]:
    """The decoder in a sampler, in eval mode, and the size of its latent.

    Args:
        sampler: Settled, so that batch norm has the statistics of the generator's own samples.
        pictures: The samples are pictures in [-1, 1], and the decoder is to make them in [0, 1].

    Raises:
        ValueError: Its latents are not normal, so that annealing cannot start from them.
    """
    latent = sampler.latent if isinstance(sampler, GeneratorSampler) else None
    if not isinstance(sampler, GeneratorSampler) or not isinstance(latent, Normal):
        what = type(sampler if latent is None else latent).__name__
        raise ValueError(  # noqa: TRY004 - the run is of the wrong kind, not the argument
            f"the samples come from {what}; expected a generator with standard normal latents: annealed importance "
            "sampling moves continuous latents and knows no other prior (--method parzen needs samples only)"
        )
    decoder = Pictures(sampler.generator) if pictures else sampler.generator
    return decoder.eval().requires_grad_(False), latent.size


def choose_variance(
    decoder: nn.Module, x: Tensor, *, latent: int, variances: Sequence[float] = variance.VARIANCES, seed: int = 0
) -> tuple[float, list[float]]:
    """The variance under which validation examples [n, ...] are the most likely, and their mean log-likelihoods."""
    temperatures, chains = VALIDATION.temperatures, VALIDATION.chains
    total = len(x) * work(temperatures + len(set(variances)) - 1, chains)
    found = []
    with progress.steps("choosing the variance", total) as advance:
        for i, part in enumerate(torch.split(x, GROUP)):
            settings = {"latent": latent, "temperatures": temperatures, "chains": chains, "seed": _seed(seed, i)}
            found.append(
                variance.likelihoods(decoder, part, variances=variances, advance=_times(len(part), advance), **settings)
            )
    means = torch.cat(found, dim=1).mean(dim=1)
    return float(variances[int(means.argmax())]), means.tolist()


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
                f"A single chain carries most estimates (half have fewer than {median(self.effective):.2g} effective "
                "ones): take more temperatures."
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
        raise ValueError(
            f"got {len(x)} examples; expected as many as the protocol has ({protocol.pictures}), 2 or more"
        )
    numbers = {"temperatures": protocol.temperatures, "chains": protocol.chains}
    settings = {"latent": latent, "variance": variance, **numbers}
    file = kept and kept / f"{_digest(decoder, x, {**settings, 'seed': seed, 'group': GROUP})[:16]}.json"
    groups: dict[str, Any] = json.loads(file.read_bytes()) if file and file.exists() else {}
    both = sum(work(**numbers, directions=directions) for directions in (1, 2))
    with progress.steps("log-likelihood", len(x) * both) as advance:
        for i, part in enumerate(torch.split(x, GROUP)):
            if str(i) in groups:
                advance(len(part) * both)
                continue
            groups[str(i)] = _group(decoder, part, _times(len(part), advance), {**settings, "seed": _seed(seed, i)})
            if file:
                checkpoint.write_atomically(file, json.dumps(groups).encode())
    return _summary(list(groups.values()), variance, protocol, seed)


def _group(decoder: nn.Module, x: Tensor, advance: Callable[[int], None], settings: dict[str, Any]) -> dict[str, Any]:
    """What is found for some examples, and for as many that the decoder makes, as JSON."""
    found = ais(decoder, x, advance=advance, **settings)
    bracket = bidirectional(decoder, pictures=len(x), like=x, advance=advance, **settings)
    names = {"values": found.values, "effective": found.effective, "lower": bracket.lower, "upper": bracket.upper}
    return {name: values.tolist() for name, values in names.items()} | {"acceptance": found.acceptance}


def _summary(groups: Sequence[dict[str, Any]], variance: float, protocol: Protocol, seed: int) -> Estimate:
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


def _seed(seed: int, group: int) -> int:
    return int(Key(seed, ("likelihood", group)).integers("seed", (1,), 2**62))


def _times(n: int, advance: Callable[[int], None]) -> Callable[[int], None]:
    return lambda chains: advance(n * chains)


def _digest(decoder: nn.Module, x: Tensor, settings: dict[str, Any]) -> str:
    """SHA-256 of all that decides the values."""
    digest = hashlib.sha256(json.dumps([repr(decoder), settings]).encode())
    for name, tensor in {**decoder.state_dict(), "x": x}.items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
