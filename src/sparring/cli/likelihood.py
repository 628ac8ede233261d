"""`sparring likelihood RUN`: how likely held-out examples are under a run's generator and Gaussian noise."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from sparring.cli.options import parsed
from sparring.cli.saving import saving
from sparring.cli.table import table
from sparring.machine.files import write_atomically
from sparring.machine.words import printable, shown

if TYPE_CHECKING:
    from torch import Tensor, nn

    from sparring.data.source import InMemory
    from sparring.evaluation.likelihood import Estimate
    from sparring.metrics.ais import Protocol
    from sparring.metrics.parzen import Parzen
    from sparring.runs.run import Run

__all__ = ["Options", "main"]

SAMPLES, VALIDATION = 10_000, 1_000
"""Of the published protocol of Parzen windows."""

POINTS = tuple(10 ** (-k / 2) for k in range(10, -1, -1))
"""Variances to choose from for data without a published grid, in parts of the data's own: 1e-5 to 1."""


@dataclass(frozen=True)
class Options:
    """Estimate the log-likelihood of held-out examples under a run's generator and Gaussian noise: docs/likelihood.md.

    It may take hours. The time left is shown. After a stop, the same command continues.
    """

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of a run."""
    against: str | None = None
    """Examples that the run was not trained on.
    Unset: the run's own. These are held-out data, fresh points of a toy, or the shipped held-out pictures."""
    data: str | None = None
    """New path of the run's data, if they have moved. They are checked."""
    method: Literal["ais", "parzen"] = "ais"
    """ais: annealed importance sampling with a bracket (Wu et al. 2017).
    parzen: Parzen windows (Goodfellow et al. 2014)."""
    full: bool = False
    """ais: the published protocol, 1,000 pictures and 10,000 temperatures. It takes a hundred times as long."""
    pictures: int | None = None
    """ais: number of examples (100). The bracket uses as many generated ones."""
    temperatures: int | None = None
    """ais: steps from the prior to the posterior of the latents (1,000)."""
    chains: int | None = None
    """ais: chains for each example (16)."""
    variance: float | None = None
    """ais: variance of the noise. Unset: that of the generator if it ends in noise.
    Otherwise the best of a few, chosen on other held-out examples."""
    seed: int = 0
    """Random seed, also of the choice of examples."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the generator's weights. raw: the last weights."""
    device: str = "cpu"
    """Device to compute on."""
    out: Path | None = None
    """A .json file for the result. Unset: RUN/likelihood.json."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""
    json: bool = False
    """Print JSON."""


def main(words: list[str]) -> int:
    """Estimates."""
    options = parsed(Options, words, "likelihood")
    if options.out is not None and options.out.suffix != ".json":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .json")
    import torch

    from sparring.runs.run import Run

    run = Run.open(options.run, options.recipe).at(options.data)
    found, lines = exact(options, run) or {"ais": annealed, "parzen": windowed}[options.method](options, run)
    about = {"method": options.method, "weights": options.weights, "seed": options.seed, "torch": torch.__version__}
    content = json.dumps({**about, **found}, indent=2)
    out = options.out or options.run / "likelihood.json"
    with saving(lambda: print(content if options.json else printable("\n".join(lines)))):
        write_atomically(out, content.encode())
    print(content if options.json else printable("\n".join([*lines, f"Saved: {shown(out)}"])))
    return 0


def exact(options: Options, run: Run) -> tuple[dict[str, Any], list[str]] | None:
    """As the samplers of some games know it, with nothing to estimate; None of others."""
    from sparring.cli.held_out import all_held_out, some
    from sparring.machine import devices

    sampler = run.sampler(options.weights, devices.resolve(options.device))
    if sampler.log_likelihood(run.spec.stand_in().main.examples()) is None:
        return None
    data = some(all_held_out(run, options.against), options.pictures, options.seed)
    values = sampler.log_likelihood(data.examples())
    assert values is not None, "who knows it of one example knows it of all"
    mean, error = values.double().mean().item(), values.double().std().item() / len(values) ** 0.5
    about = named(options, data)
    content = {"method": "exact", "data": about, "mean": mean, "standard_error": error, "values": values.tolist()}
    rows = [
        ("log-likelihood", f"{mean:.2f} +- {error:.2f} nats (mean, standard error)"),
        ("examples", f"{len(values):,} ({about}), in the units of the data"),
    ]
    return content, [table("<<", rows), "This value is exact: this kind of model can compute it."]


def examples(options: Options, run: Run, n: int | None, validation: int) -> tuple[Tensor, Tensor, str]:
    """`n` held-out examples (all that are left without), others to choose on, and what they are called.

    Bytes stay bytes. Which ones are estimated does not depend on how many others there are, nor the other way round.
    """
    import torch

    from sparring.chance import Key
    from sparring.cli.held_out import all_held_out
    from sparring.kinds import drawing

    data = all_held_out(run, options.against)
    if len(data) < (n or 2) + validation:
        raise ValueError(
            f"there are {len(data)} held-out examples; expected {n or 2}, and {validation} others to choose the noise. "
            "Give more of them with --against" + (", a smaller --pictures, or a --variance" if n else "")
        )
    order = Key(options.seed, ("likelihood",)).permutation("order", len(data))
    rest = len(data) - validation
    parts = [data.examples(index) for index in (order[:rest][:n], order[rest:])]
    x, others = map(drawing.to_bytes, parts) if data.x.dtype == torch.uint8 else parts
    return x, others, named(options, data)


def named(options: Options, data: InMemory) -> str:
    """What examples are called, with what was done to those of another size."""
    from sparring.data.alike import changes

    about = [options.against or "held out", data.digest()[:12], changes(data)]
    return ", ".join(filter(None, about))


def annealed(options: Options, run: Run) -> tuple[dict[str, Any], list[str]]:
    """By annealed importance sampling: everything, for JSON, and the result in lines."""
    import torch

    from sparring.evaluation import decoders, likelihood
    from sparring.machine import devices
    from sparring.metrics.ais import dequantised

    protocol, device = protocol_of(options), devices.resolve(options.device)
    half, sampler = likelihood.halved(protocol), run.sampler(options.weights, device)
    given = options.variance is not None or decoders.noise_of(sampler, pictures=False) is not None
    x, others, data = examples(options, run, protocol.pictures, 0 if given else half.pictures)
    bytes = x.dtype == torch.uint8
    decoder, latent = decoders.decoder_of(sampler, pictures=bytes)
    if bytes:
        x, others = dequantised(x, options.seed), dequantised(others, options.seed + 1)
    kept = options.run / "likelihood"
    settings: dict[str, Any] = {"latent": latent, "protocol": protocol, "seed": options.seed, "kept": kept}
    own, tried = decoders.noise_of(sampler, pictures=bytes), None
    variance = own if options.variance is None else options.variance
    if variance is None:
        variance, tried = choose(decoder, others.to(device), bytes, settings)
    found = likelihood.estimate(decoder, x.to(device), variance=variance, **settings)
    content = {
        "data": data,
        "units": "pixels in [0, 1], bytes dequantised" if bytes else "those of the data",
        "device": device,
        "latent": latent,
        **asdict(found),
        "gap": found.gap,
        "validation": None if tried is None else {**asdict(half), "means": tried},
        "doubts": [*found.doubts, *edge(variance, tried)],
    }
    return content, lines_of(found, content)


def protocol_of(options: Options) -> Protocol:
    """The protocol that was asked for."""
    from dataclasses import replace

    from sparring.metrics.ais import FULL, REDUCED

    wanted = {"pictures": options.pictures, "temperatures": options.temperatures, "chains": options.chains}
    for name, number in wanted.items():
        least = 1 + (name == "pictures")
        if number is not None and number < least:
            raise ValueError(f"--{name} is {number}; expected {least} or more")
    return replace(FULL if options.full else REDUCED, **{name: n for name, n in wanted.items() if n is not None})


def choose(decoder: nn.Module, x: Tensor, bytes: bool, settings: dict[str, Any]) -> tuple[float, dict[float, float]]:
    """The best variance for examples, and the mean log-likelihood of each that was tried."""
    from sparring.evaluation.likelihood import choose_variance
    from sparring.metrics.variance import VARIANCES

    spread = x.var(dim=0).mean().item()
    variances = VARIANCES if bytes else [spread * part for part in POINTS]
    best, means = choose_variance(decoder, x, variances=variances, **settings)
    return best, dict(zip(variances, means, strict=True))


def edge(variance: float, tried: dict[float, float] | None) -> list[str]:
    """A doubt, where no variance beyond the chosen one was tried."""
    if not tried or variance not in (min(tried), max(tried)):
        return []
    return [f"The best variance is {variance:.3g}, the smallest or largest one tried. Try another: --variance NUMBER."]


def lines_of(found: Estimate, content: dict[str, Any]) -> list[str]:
    """The result as a table and sentences."""
    protocol, tried = found.protocol, content["validation"]
    chosen = f", the best of {len(tried['means'])} for {tried['pictures']} others" if tried else ""
    rows = [
        ("log-likelihood", f"{found.mean:.2f} +- {found.standard_error:.2f} nats (mean, standard error)"),
        ("bracket", f"{found.lower:.2f} to {found.upper:.2f}, gap {found.gap:.2g} +- {found.gap_error:.1g} nats"),
        ("noise", f"variance {found.variance:.4g}{chosen}"),
        ("chains", f"{median(found.effective):.1f} of {protocol.chains} effective (median)"),
        ("moves", f"{found.acceptance:.0%} accepted"),
        ("protocol", f"{protocol.pictures:,} examples ({content['data']}), {protocol.temperatures:,} temperatures"),
        ("units", content["units"]),
    ]
    return [
        table("<<", rows),
        "In expectation the estimate is too low. For examples that the generator made, the error is less than the gap.",
        *(f"Warning: {doubt}" for doubt in content["doubts"]),
        "Compare only with models that have equally simple noise, in the same units.",
    ]


def windowed(options: Options, run: Run) -> tuple[dict[str, Any], list[str]]:
    """By Parzen windows, as published."""
    import torch

    from sparring.machine import devices
    from sparring.metrics.parzen import report

    if options.full or {options.variance, options.pictures, options.temperatures, options.chains} != {None}:
        raise ValueError(
            "--full, --pictures, --temperatures, --chains, --variance are for --method ais: leave them out"
        )
    x, others, data = examples(options, run, None, VALIDATION)
    if x.dtype != torch.uint8:
        raise ValueError("--method parzen is for pictures, and this run makes none: use --method ais")
    samples = run.sampler(options.weights, devices.resolve(options.device)).sample(SAMPLES, seed=options.seed)
    found = report((samples + 1) / 2, others.float() / 255, x.float() / 255)
    return {"data": data, "units": "pixels in [0, 1]", **asdict(found)}, windowed_lines(found, data)


def windowed_lines(found: Parzen, data: str) -> list[str]:
    """The result in sentences."""
    rows = [
        ("log-likelihood", f"{found.mean:.1f} +- {found.standard_error:.1f} nats (mean, standard error)"),
        ("windows", f"{found.samples:,} samples, sigma {found.sigma:.4f}"),
        ("examples", f"{found.test_examples:,}, and {found.validation_examples:,} others for sigma ({data})"),
        ("units", "pixels in [0, 1]"),
    ]
    return [
        table("<<", rows),
        "On MNIST, 10,000 training pictures score 242.4, and means of 10 nearest ones 346.1, without any model.",
        "So a higher number does not show a better model. Compare it only with the published table.",
    ]
