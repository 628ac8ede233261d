"""Trains five GANs on Stacked MNIST against a small discriminator, and counts the modes that their samples cover.

Usage, from the root of a checkout: python benchmarks/stacked.py      (about an hour on one core)

It goes on where it was stopped. Needs `sparring data get mnist`. A picture is three digits, drawn independently of
MNIST's 60,000 training digits, as red, green and blue: a thousand modes. The shipped classifier reads each channel of
5,000 samples. Each finished run is kept in benchmarks/stacked/METHOD.SEED.json. `--names NAME ...` plays some methods.

All methods have the networks, the rounds and the rates of `plain`, and all players move at once. A batch is 64 samples,
or 64 packs. A discriminator has a quarter of the generator's channels at each size. What differs is in `METHODS`: that
of `relativistic` has no batch norm, which its penalties do not go with. The rates are the best of three pairs for
`plain` on seed 0, by the divergence after 1,500 rounds. The weight of the penalties is half of R3GAN's last gamma on
this data. Packs of 2 and of 4 were looked at on seed 0 too. `minibatch`, `relativistic` and `unrolled` were not tried
before the seeds were run. Controls: stacks of the 10,000 test digits, and the same generators before the first round.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam

from sparring import GAN, Key, Normal, Phase, Trainer
from sparring.data import fetching
from sparring.data.digits import stacked
from sparring.data.idx import read_idx
from sparring.data.source import InMemory
from sparring.dynamics import functional
from sparring.dynamics.unrolled import Unrolled
from sparring.figures.ring_modes import Saddle
from sparring.layers.minibatch_discrimination import MinibatchDiscrimination, initialise
from sparring.layers.packed import Packed
from sparring.losses import AdversarialLoss, NonSaturating, Relativistic
from sparring.machine.files import write_atomically
from sparring.metrics.classifier import classifier
from sparring.metrics.stacked import stacked_modes
from sparring.networks.dcgan import Discriminator, Generator
from sparring.penalties import Penalty, Weight, r1, r2
from sparring.samplers import Sampler

RUNS = Path(__file__).with_suffix("")
SEEDS = (1, 2, 3)
RATES, BETAS, STEPS, PACK, WEIGHT = (1e-3, 2e-3), (0.5, 0.999), 5, 2, 0.05
"""Of the generator and the discriminator; steps that `unrolled` looks through; samples in a pack; of each penalty."""


@dataclass(frozen=True)
class Setting:
    """How large everything is."""

    rounds: int = 1000
    batch: int = 64
    width: int = 16
    latent: int = 64
    samples: int = 5_000


@dataclass(frozen=True)
class Method:
    """What differs between methods.

    Attributes:
        critic: Makes the discriminator of a width, given a batch of data.
        loss: The loss.
        rule: The dynamics.
        penalties: What the discriminator minimises besides.
        pack: Samples that it sees at once: as many times more are drawn, so that there are as many verdicts.
    """

    critic: Callable[[int, Tensor], nn.Module]
    loss: AdversarialLoss = NonSaturating()  # noqa: RUF009 - a frozen value
    rule: Unrolled = Unrolled(0)  # noqa: RUF009
    penalties: Mapping[Penalty, Weight] | None = None
    pack: int = 1


SHAPE = (3, 28, 28)


def plain(width: int, _: Tensor) -> nn.Module:
    return Discriminator(SHAPE, width)


def packed(width: int, _: Tensor) -> nn.Module:
    return Packed(Discriminator((3 * PACK, 28, 28), width), PACK)


def minibatch(width: int, real: Tensor) -> nn.Module:
    """The same layers, the last of which also sees how near a sample's features are to others'."""
    *layers, _, _ = Discriminator(SHAPE, width).layers
    last = nn.Linear(64 * width + 32, 1)
    nn.init.normal_(last.weight, 0.0, 0.02)
    return initialise(nn.Sequential(*layers, MinibatchDiscrimination(64 * width, 32), last, nn.Flatten(0)), real)


def without_norm(width: int, _: Tensor) -> nn.Module:
    return Discriminator(SHAPE, width, norm=None)


METHODS = {
    "plain": Method(plain),
    "packed": Method(packed, pack=PACK),
    "minibatch": Method(minibatch),
    "relativistic": Method(without_norm, Relativistic(), penalties={r1: WEIGHT, r2: WEIGHT}),
    "unrolled": Method(plain, Saddle(), Unrolled(STEPS, functional.Adam(RATES[1], BETAS))),
}


def digits(part: str) -> tuple[Tensor, Tensor]:
    """MNIST's digits as bytes [N, 1, 28, 28], and labels [N], of `train` or `t10k`."""
    folder = fetching.find("mnist")
    if folder is None:
        sys.exit("mnist is not here yet: sparring data get mnist")
    listing = read_idx(folder / f"{part}-images-idx3-ubyte")
    return torch.from_numpy(listing.pixels.copy()).permute(0, 3, 1, 2), torch.tensor(listing.labels.y)


def trainer(method: Method, seed: int, data: InMemory, setting: Setting) -> Trainer:
    """The same first weights of the generator, data and latents for each method."""
    with Key(seed, ("generator",)).seeded():
        generator = Generator(SHAPE, setting.latent, setting.width)
    with Key(seed, ("discriminator",)).seeded():
        critic = method.critic(setting.width // 4, data.x[: setting.batch] / 127.5 - 1)
    game = GAN(generator, critic, Normal(setting.latent), method.loss, method.penalties)
    rates = dict(zip(("generator", "discriminator"), RATES, strict=True))
    adams = {
        player: Adam(game.strategy(player).values(), rates[player], BETAS, fused=True) for player in game.players()
    }
    phase = Phase(game, adams, {"real": data}, setting.rounds, method.rule, batch=setting.batch * method.pack)
    return Trainer(phase, seed=seed)


@torch.no_grad()
def judged(x: Tensor) -> dict[str, float]:
    """Modes, divergences, and the share of channels that the classifier is sure of, of pictures [n, 3, 28, 28]."""
    network = classifier()
    channels = x.flatten(0, 1)[:, None].clamp(-1, 1)
    logits = torch.cat([network(part)[:, :10] for part in channels.split(256)])
    sure = (logits.softmax(1).amax(1) >= 0.9).double().mean().item()
    return asdict(stacked_modes(logits.argmax(1).view(-1, 3))) | {"sure": sure}


def seen(sampler: Sampler, setting: Setting) -> dict[str, float]:
    return judged(sampler.settled().sample(setting.samples, seed=1))


def play(name: str, seed: int, data: InMemory, setting: Setting) -> dict[str, Any]:
    """What is kept of a run."""
    run, start, used = trainer(METHODS[name], seed, data, setting), time.perf_counter(), time.process_time()
    before = seen(run.game.sampler(), setting) if name == "plain" else None
    try:
        run.play()
    except FloatingPointError as error:
        return {"method": name, "seed": seed, "error": str(error), "untrained": before}
    seconds = {"wall": round(time.perf_counter() - start, 1), "processor": round(time.process_time() - used, 1)}
    found = seen(run.game.sampler(), setting)
    return {"method": name, "seed": seed, "found": found, "untrained": before, "seconds": seconds} | {
        "setting": asdict(setting) | {"rates": RATES, "betas": BETAS}
    }


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
    data, setting = stacked(*digits("train")), Setting()
    if not (RUNS / "real.json").exists():
        keep("real.json", {"found": judged(stacked(*digits("t10k"), setting.samples).batch().x)})
    for seed in SEEDS:
        for name in names:
            if not (RUNS / f"{name}.{seed}.json").exists():
                keep(f"{name}.{seed}.json", play(name, seed, data, setting))


if __name__ == "__main__":
    main()
