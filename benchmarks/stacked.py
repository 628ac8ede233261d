"""Trains five GANs on Stacked MNIST against a small discriminator, and counts the modes that their samples cover.

Usage, from the root of a checkout: python benchmarks/stacked.py      (about 20 minutes of processor time)

It goes on where it was stopped. Needs `sparring data get mnist`. A picture is three digits, drawn independently of
MNIST's 60,000 training digits, as red, green and blue: a thousand modes. The shipped classifier reads each channel of
5,000 samples. Each finished run is kept in benchmarks/stacked/METHOD.SEED.json. `--names NAME ...` plays some methods.

All methods have the networks, the rounds and the rates of `plain`, and all players move at once. A batch is 32 samples,
or 32 packs. The discriminator has a quarter of the generator's parameters. What differs is in `METHODS`: that of
`relativistic` has no batch norm, which its penalties do not go with. `unrolled` expects Adam without a memory, and has
the non-saturating cost: with the zero-sum one it learnt nothing in an earlier setting.

What was tried on seed 0, which is not reported: for `plain` twelve pairs of networks and rates, most for 1,200 to 2,000
rounds. None made channels of which the classifier was mostly sure: 36% at best, with 685 modes. We took the pair that
lost modes most plainly while digits could be read: after 1,000 of 1,500 rounds 54% and 88 modes, at the end 29% and
230. For `relativistic` two weights: after 500 rounds with 0.05 the classifier was sure of 6%, after 250 with 0.5 of
27%. For `unrolled` one setting, for 400 rounds: 21 modes. For `packed` and `minibatch` none.
Controls: stacks of the 10,000 test digits, and the same generators before the first round.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam

from sparring import GAN, Key, Normal, Phase, Trainer
from sparring.data.digits import mnist, stacked
from sparring.data.source import InMemory
from sparring.dynamics import functional
from sparring.dynamics.unrolled import Unrolled
from sparring.hooks import Average, LearningRate
from sparring.kinds.drawing import to_bytes
from sparring.layers.batch_norm import BatchNorm1d, BatchNorm2d
from sparring.layers.minibatch_discrimination import MinibatchDiscrimination
from sparring.layers.minibatch_discrimination import initialise as initialise_to
from sparring.layers.packed import Packed
from sparring.losses import AdversarialLoss, NonSaturating, Relativistic
from sparring.machine.files import write_atomically
from sparring.metrics.classifier import classifier
from sparring.metrics.stacked import stacked_modes
from sparring.networks.dcgan import initialise
from sparring.penalties import Penalty, Weight, r1, r2
from sparring.samplers import Sampler
from sparring.schedules import linear

RUNS, SHEETS = Path(__file__).with_suffix(""), Path("runs/stacked")
SEEDS = (1, 2, 3)
RATE, BETAS, STEPS, PACK, WEIGHT, KERNELS = 2e-3, (0.5, 0.999), 2, 2, 0.5, 32
"""Of both players; of Adam; steps that `unrolled` looks through; samples in a pack; of each penalty; of `minibatch`."""
SHOWN = 10


@dataclass(frozen=True)
class Setting:
    """How large everything is."""

    rounds: int = 1000
    batch: int = 32
    width: int = 24
    hidden: int = 128
    latent: int = 64
    samples: int = 5_000


class Generator(nn.Module):
    """From latents [B, Z] to pictures [B, 3, 28, 28]: two linear layers, two transposed convolutions of each digit."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        width, hidden = setting.width, setting.hidden
        self.layers = nn.Sequential(
            nn.Linear(setting.latent, hidden, bias=False), BatchNorm1d(hidden), nn.ReLU(),
            nn.Linear(hidden, 2 * width * 49, bias=False), nn.Unflatten(1, (2 * width, 7, 7)),
            BatchNorm2d(2 * width), nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1, groups=3, bias=False), BatchNorm2d(width), nn.ReLU(),
            nn.ConvTranspose2d(width, 3, 4, 2, 1, groups=3), nn.Tanh(),
        )  # fmt: skip
        self.apply(initialise)

    def forward(self, z: Tensor) -> Tensor:
        """[B, Z] to [B, 3, 28, 28] in (-1, 1)."""
        x: Tensor = self.layers(z)
        return x


def features(setting: Setting, channels: int = 3, *, norm: bool = True) -> list[nn.Module]:
    """The discriminator's layers but the last: a convolution of each digit, one of all, a linear one."""
    width, hidden = setting.width // 2, setting.hidden // 2
    return [
        nn.Conv2d(channels, width, 4, 2, 1, groups=channels), nn.LeakyReLU(0.2),
        nn.Conv2d(width, 2 * width, 4, 2, 1, bias=not norm), *([BatchNorm2d(2 * width)] if norm else []),
        nn.LeakyReLU(0.2), nn.Flatten(),
        nn.Linear(2 * width * 49, hidden, bias=not norm), *([BatchNorm1d(hidden)] if norm else []), nn.LeakyReLU(0.2),
    ]  # fmt: skip


def logits(layers: Sequence[nn.Module], size: int) -> nn.Module:
    """The discriminator that gives one number for features of a size."""
    return nn.Sequential(*layers, nn.Linear(size, 1), nn.Flatten(0))


def plain(setting: Setting, _: Tensor) -> nn.Module:
    return logits(features(setting), setting.hidden // 2)


def packed(setting: Setting, _: Tensor) -> nn.Module:
    return Packed(logits(features(setting, 3 * PACK), setting.hidden // 2), PACK)


def minibatch(setting: Setting, real: Tensor) -> nn.Module:
    """The last layer also sees how near a sample's features are to others'."""
    size = setting.hidden // 2
    near = MinibatchDiscrimination(size, KERNELS)
    return initialise_to(logits([*features(setting), near], size + KERNELS), real)


def without_norm(setting: Setting, _: Tensor) -> nn.Module:
    return logits(features(setting, norm=False), setting.hidden // 2)


@dataclass(frozen=True)
class Method:
    """What differs between methods.

    Attributes:
        critic: Makes the discriminator, given a batch of data.
        loss: The loss.
        rule: The dynamics.
        penalties: What the discriminator minimises besides.
        pack: Samples that it sees at once: as many times more are drawn, so that there are as many verdicts.
    """

    critic: Callable[[Setting, Tensor], nn.Module]
    loss: AdversarialLoss = NonSaturating()  # noqa: RUF009 - a frozen value
    rule: Unrolled = Unrolled(0)  # noqa: RUF009
    penalties: Mapping[Penalty, Weight] | None = None
    pack: int = 1


METHODS = {
    "plain": Method(plain),
    "packed": Method(packed, pack=PACK),
    "minibatch": Method(minibatch),
    "relativistic": Method(without_norm, Relativistic(), penalties={r1: WEIGHT, r2: WEIGHT}),
    "unrolled": Method(plain, rule=Unrolled(STEPS, functional.Adam(RATE, BETAS))),
}


def trainer(method: Method, seed: int, data: InMemory, setting: Setting) -> tuple[Trainer, Average[Sampler]]:
    """The same first weights of the generator, data and latents for each method; and the average of its weights."""
    with Key(seed, ("generator",)).seeded():
        generator = Generator(setting)
    with Key(seed, ("discriminator",)).seeded():
        critic = method.critic(setting, data.x[: setting.batch] / 127.5 - 1)
    game = GAN(generator, critic, Normal(setting.latent), method.loss, method.penalties)
    adams = {player: Adam(game.strategy(player).values(), RATE, BETAS, fused=True) for player in game.players()}
    batch = setting.batch * method.pack
    phase = Phase(game, adams, {"real": data}, setting.rounds, method.rule, batch=batch)
    average = Average(game.sampler(), setting.rounds * batch / 50)
    falling = LearningRate(dict.fromkeys(adams, linear(1.0, 0.01, first=0.5)), setting.rounds)
    return Trainer(phase, hooks=[falling, average], seed=seed), average


@torch.no_grad()
def judged(x: Tensor) -> dict[str, float]:
    """Modes, divergences, and the share of channels that the classifier is sure of, of pictures [n, 3, 28, 28]."""
    network = classifier()
    channels = x.flatten(0, 1)[:, None].clamp(-1, 1)
    logits = torch.cat([network(part)[:, :10] for part in channels.split(256)])
    sure = (logits.softmax(1).amax(1) >= 0.9).double().mean().item()
    return asdict(stacked_modes(logits.argmax(1).view(-1, 3))) | {"sure": sure}


def play(name: str, seed: int, data: InMemory, setting: Setting) -> dict[str, Any]:
    """What is kept of a run; ten of its samples go to runs/stacked."""
    (run, average), start, used = trainer(METHODS[name], seed, data, setting), time.perf_counter(), time.process_time()

    def samples() -> Tensor:
        return average.sampler.settled().sample(setting.samples, seed=1)

    about = {"method": name, "seed": seed, "untrained": judged(samples()) if name == "plain" else None}
    try:
        run.play()
    except FloatingPointError as error:
        return about | {"error": str(error)}
    seconds = {"wall": round(time.perf_counter() - start, 1), "processor": round(time.process_time() - used, 1)}
    x = samples()
    SHEETS.mkdir(parents=True, exist_ok=True)
    np.save(SHEETS / f"{name}.{seed}.npy", to_bytes(x[:SHOWN]).numpy())
    return about | {"found": judged(x), "seconds": seconds, "setting": asdict(setting) | {"rate": RATE, "betas": BETAS}}


def keep(name: str, content: Mapping[str, Any]) -> None:
    """Writes a result."""
    RUNS.mkdir(exist_ok=True)
    write_atomically(RUNS / name, json.dumps(content, indent=1).encode() + b"\n")
    print(name, content.get("found", content.get("error")), flush=True)


def main() -> None:
    """Plays what is not finished, the first seed of all methods first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", nargs="+", choices=[*METHODS], default=[*METHODS])
    names = parser.parse_args().names
    torch.set_num_threads(1)
    data, setting = stacked(*mnist("train")), Setting()
    if not (RUNS / "real.json").exists():
        keep("real.json", {"found": judged(stacked(*mnist("t10k"), setting.samples).batch().x)})
    for seed in SEEDS:
        for name in names:
            if not (RUNS / f"{name}.{seed}.json").exists():
                keep(f"{name}.{seed}.json", play(name, seed, data, setting))


if __name__ == "__main__":
    main()
