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
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Tensor, nn

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer, penalties
from sparring.data import cache
from sparring.data.idx import read_idx
from sparring.evaluation import likelihood
from sparring.hooks import Average, LearningRate
from sparring.machine.files import write_atomically
from sparring.metrics.ais import REDUCED, dequantised
from sparring.metrics.variance import VARIANCES
from sparring.runs import checkpoint
from sparring.samplers import GeneratorSampler
from sparring.schedules import linear

OUT = Path(__file__).with_suffix(".json")
WORK = Path("runs/ais_mnist")
SEED, ROUNDS, BATCH, RATE, PENALTY, LATENT, TRAINING = 0, 6_000, 128, 1e-3, 0.5, 10, 50_000


def pictures(part: str) -> Tensor:
    """MNIST, bytes [N, 1, 28, 28]."""
    pixels = read_idx(cache.home() / "sets" / "mnist" / f"{part}-images-idx3-ubyte").pixels
    return torch.from_numpy(pixels.copy()).permute(0, 3, 1, 2)


def trainer(data: InMemory) -> Trainer:
    with Key(SEED, ("initial weights",)).seeded():
        generator = nn.Sequential(MLP(LATENT, 64, 256, 256, 1024, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
        discriminator = MLP(784, 512, 256, 1, activation=lambda: nn.LeakyReLU(0.2), logits=True)
    game = GAN(generator, discriminator, Normal(LATENT), penalties={penalties.r1: PENALTY})
    optimizers = {
        player: torch.optim.Adam(game.strategy(player).values(), RATE, betas=(0.0, 0.99), fused=True)
        for player in game.players()
    }
    falling = LearningRate({player: linear(RATE, RATE / 100, first=0.5) for player in optimizers}, ROUNDS)
    return Trainer(Phase(game, optimizers, {"real": data}, ROUNDS, batch=BATCH), hooks=[falling], seed=SEED)


def trained(data: InMemory) -> tuple[GeneratorSampler, float]:
    """The average of the generator's weights, and the seconds it took; both kept."""
    file, clock = WORK / "average.safetensors", WORK / "seconds.json"
    training = trainer(data)
    average = Average(training.game.sampler(), 20_000)
    assert isinstance(average.sampler, GeneratorSampler)
    if not file.exists():
        training.hooks.append(average)
        start = time.perf_counter()
        training.play()
        write_atomically(clock, json.dumps(time.perf_counter() - start).encode())
        checkpoint.save_tensors(file, average.sampler.state_dict())
    average.sampler.load_state_dict(checkpoint.load_tensors(file))
    return average.sampler, json.loads(clock.read_text())


def main() -> None:
    torch.set_num_threads(1)
    training, test = pictures("train"), pictures("t10k")
    sampler, seconds = trained(InMemory(training[:TRAINING]))
    decoder, latent = likelihood.decoder_of(sampler, pictures=True)
    validation = dequantised(training[TRAINING : TRAINING + likelihood.halved(REDUCED).pictures], seed=SEED)
    variance, curve = likelihood.choose_variance(decoder, validation, latent=latent, seed=SEED)
    print(f"variance {variance}", dict(zip(VARIANCES, curve, strict=True)), flush=True)
    x = dequantised(test[: REDUCED.pictures], seed=SEED + 1)
    start = time.process_time()
    found = likelihood.estimate(decoder, x, latent=latent, variance=variance, seed=SEED, kept=WORK / "groups")
    record = {
        "command": "python benchmarks/records/ais_mnist.py",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "training": {"rounds": ROUNDS, "batch": BATCH, "seconds": round(seconds)},
        "variances": VARIANCES,
        "validation, nats": curve,
        "minutes of computing in this call": round((time.process_time() - start) / 60, 1),
        "gap": found.gap,
        "doubts": found.doubts,
        **dataclasses.asdict(found),
    }
    write_atomically(OUT, json.dumps(record, indent=1).encode())
    json.dump(record, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
