"""Trains the generator of Wu et al. with ten latents on MNIST and estimates its likelihood, with a bracket.

Usage: python benchmarks/records/ais_mnist.py      (`sparring data get mnist` first; stopped, it goes on where it was)

Wu et al. 2017 (https://arxiv.org/abs/1611.04273) have 328.8 +- 5.5 nats for their GAN-10, 1,000 test pictures, at the
variance .025. Here the generator has the same sizes (10-64-256-256-1024-784); all else of the training is ours and was
settled before the first run, after one look at samples of another seed after 1,200 rounds. It is
trained on the training pictures 0 to 49,999, the variance is chosen on the pictures 50,000 to 50,049, and the estimate
is of the test pictures 0 to 99, dequantised, in [0, 1]. Results: ais_mnist.json beside this file.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer, penalties
from sparring.data import digits
from sparring.data.embedded import fashion_mnist
from sparring.evaluation import decoders, likelihood
from sparring.evaluation.record import Claim, Figure, Published, Record, stamp
from sparring.hooks import Average, LearningRate
from sparring.machine.files import write_atomically
from sparring.metrics.ais import REDUCED, Protocol, dequantised
from sparring.metrics.variance import VARIANCES
from sparring.samplers import GeneratorSampler
from sparring.schedules import linear

OUT = Path(__file__).with_suffix(".json")
SEED, RATE, PENALTY, LATENT = 0, 1e-3, 0.5, 10

GAN10 = Published(
    figure=Figure(
        what="log-likelihood of test pictures, nats, GAN-10",
        value=328.8,
        low=323.3,
        high=334.3,
        interval="as they give it: +- 5.5",
    ),
    source="Wu et al. 2017, https://arxiv.org/abs/1611.04273",
    difference="1,000 pictures, 10,000 temperatures, the variance .025; the training is theirs",
)


@dataclass(frozen=True)
class Settings:
    """How long to train, how carefully to estimate, and where to keep what is done."""

    rounds: int
    batch: int
    protocol: Protocol
    work: Path


FULL = Settings(6_000, 128, REDUCED, Path("runs/ais_mnist"))


def mnist() -> tuple[Tensor, Tensor, Tensor]:
    """Pictures to train on, to choose the variance by, and of the test set, bytes [N, 1, 28, 28]."""
    training, test = (digits.mnist(part)[0] for part in ("train", "t10k"))
    return training[:50_000], training[50_000:], test


def few() -> tuple[Tensor, Tensor, Tensor]:
    """The same of the garments that ship."""
    x = fashion_mnist("held_out").x
    return x[:600], x[600:700], x[700:800]


def trainer(data: InMemory, settings: Settings) -> Trainer:
    with Key(SEED, ("initial weights",)).seeded():
        generator = nn.Sequential(MLP(LATENT, 64, 256, 256, 1024, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
        discriminator = MLP(784, 512, 256, 1, activation=lambda: nn.LeakyReLU(0.2), logits=True)
    game = GAN(generator, discriminator, Normal(LATENT), penalties={penalties.r1: PENALTY})
    optimizers = {
        player: torch.optim.Adam(game.strategy(player).values(), RATE, betas=(0.0, 0.99), fused=True)
        for player in game.players()
    }
    rates = {player: linear(RATE, RATE / 100, first=0.5) for player in optimizers}
    phase = Phase(game, optimizers, {"real": data}, settings.rounds, batch=settings.batch)
    return Trainer(phase, hooks=[LearningRate(rates, settings.rounds)], seed=SEED)


def trained(data: InMemory, settings: Settings) -> tuple[GeneratorSampler, float]:
    """The average of the generator's weights, and the seconds it took; both kept."""
    file, clock = settings.work / "average.safetensors", settings.work / "seconds.json"
    training = trainer(data, settings)
    average = Average(training.game.sampler(), 20_000)
    assert isinstance(average.sampler, GeneratorSampler)
    if not file.exists():
        training.hooks.append(average)
        start = time.perf_counter()
        training.play()
        write_atomically(clock, json.dumps(time.perf_counter() - start).encode())
        write_atomically(file, safetensors.torch.save(average.sampler.state_dict()))
    average.sampler.load_state_dict(safetensors.torch.load_file(file))
    return average.sampler, json.loads(clock.read_text())


def made(found: Mapping[str, Any], **about: Any) -> Record:
    """The record of an estimate."""
    mean, error, gap = found["mean"], found["standard_error"], found["upper"] - found["lower"]
    chains = found["protocol"]["chains"]
    ends = {"low": mean - error, "high": mean + error, "interval": "standard error over test pictures"}
    width = Figure(
        what="width of the bracket on the model's own pictures, nats",
        value=gap,
        low=gap - found["gap_error"],
        high=gap + found["gap_error"],
        interval="standard error over pictures",
    )
    carried = Figure(what=f"effective chains of {chains}, median over test pictures", value=median(found["effective"]))
    few_carry = "At least two chains carry the usual estimate."
    return Record(
        command="python benchmarks/records/ais_mnist.py",
        seeds=(SEED,),
        ours=(Figure(what="log-likelihood of test pictures, nats", value=mean, **ends), width, carried),
        published=(GAN10,),
        claims=(
            Claim(words="The bracket is narrower than the standard error.", left=gap, relation="<=", right=error),
            Claim(words=few_carry, left=carried.value, relation=">=", right=2),
        ),
        missing={
            "interval": "the number of effective chains is a median",
            "controls": "it would be the untrained generator under the same protocol: not run, over an hour of work",
            **about.pop("missing", {}),
        },
        **about,
    )


def measured(settings: Settings, training: Tensor, validation: Tensor, test: Tensor) -> Record:
    """Trains, chooses the variance, estimates."""
    start = time.perf_counter()
    sampler, seconds = trained(InMemory(training), settings)
    decoder, latent = decoders.decoder_of(sampler, pictures=True)
    x = dequantised(validation[: likelihood.halved(settings.protocol).pictures], seed=SEED)
    variance, curve = likelihood.choose_variance(decoder, x, latent=latent, protocol=settings.protocol, seed=SEED)
    print(f"variance {variance}", dict(zip(VARIANCES, curve, strict=True)), flush=True)
    x = dequantised(test[: settings.protocol.pictures], seed=SEED + 1)
    rest = {"protocol": settings.protocol, "seed": SEED, "kept": settings.work / "groups"}
    found = likelihood.estimate(decoder, x, latent=latent, variance=variance, **rest)
    about = stamp(time.perf_counter() - start)
    details = {
        "training": {"rounds": settings.rounds, "batch": settings.batch, "seconds": round(seconds)},
        "variances": VARIANCES,
        "validation, nats": curve,
        "doubts": found.doubts,
        **dataclasses.asdict(found),
    }
    return made(dataclasses.asdict(found), details=details, **about)


def run(quick: bool = False) -> Record:
    """100 pictures of MNIST; quickly 4 of the garments that ship, with 4 temperatures, after 2 rounds."""
    torch.set_num_threads(1)
    if not quick:
        return measured(FULL, *mnist())
    with tempfile.TemporaryDirectory() as folder:
        return measured(Settings(2, 8, Protocol(4, 4, 2), Path(folder)), *few())


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
