"""What the trainer costs, or saves: rounds of it against rounds of loops written by hand, on the same networks.

Usage: python benchmarks/speed/loop.py [ROW ...] [--seconds S] [--out FILE]      (on a machine that does nothing else)

The hand loops are below: a careful one, and what PyTorch-GAN's gan.py, dcgan.py and wgan_gp.py and pytorch/examples'
dcgan/main.py do with a batch. Theirs have a sigmoid at the end, ours take logits; a gather from memory replaces their
loaders, and what they print is not printed. `tests/benchmarks/speed/test_loop.py` shows which ours ends with the same
parameters as the hand loop. Time is taken by `interleaved.py`; above 1 ours is the faster one. Results: loop.json
beside this file, where rows that were not chosen stay as they are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from interleaved import Play, circumstances, compare, summary
from torch import Tensor, nn
from torch.nn.functional import softplus

from sparring import GAN, MLP, Alternating, InMemory, Normal, Phase, Simultaneous, Trainer
from sparring.latents import Latent
from sparring.losses import AdversarialLoss, NonSaturating, Wasserstein
from sparring.machine.files import write_atomically
from sparring.networks import dcgan, upsampling_dcgan
from sparring.penalties import Penalty, interpolated
from sparring.trainer import Source

OUT = Path(__file__).with_suffix(".json")
EXAMPLES = 4096  # in a data set

Draw = Callable[[], Tensor]
Networks = Callable[[], tuple[nn.Module, nn.Module]]
"""Makes a generator and a discriminator that gives logits."""


def adam(module: nn.Module, *, fused: bool = False) -> torch.optim.Optimizer:
    return torch.optim.Adam(module.parameters(), 2e-4, betas=(0.5, 0.999), fused=fused)


# ---- The hand loops: a batch of real data and a batch of noise come from `real` and `noise` ----


def careful(g: nn.Module, d: nn.Module, real: Draw, noise: Draw) -> Play:
    """Two draws of noise, a detach, losses on logits, fused Adam."""
    adam_g, adam_d = adam(g, fused=True), adam(d, fused=True)

    def play() -> None:
        adam_d.zero_grad()
        fake = g(noise())
        (softplus(-d(real())).mean() + softplus(d(fake.detach())).mean()).backward()
        adam_d.step()
        adam_g.zero_grad()
        softplus(-d(g(noise()))).mean().backward()
        adam_g.step()

    return play


def pytorch_gan(g: nn.Module, d: nn.Module, real: Draw, noise: Draw) -> Play:
    """gan.py and dcgan.py: the generator moves first; the discriminator sees the fakes made before that."""
    d, loss = nn.Sequential(d, nn.Sigmoid()), nn.BCELoss()
    adam_g, adam_d = adam(g), adam(d)

    def play() -> None:
        pictures = real()
        ones, zeros = pictures.new_empty(len(pictures)).fill_(1.0), pictures.new_empty(len(pictures)).fill_(0.0)
        adam_g.zero_grad()
        fakes = g(noise())
        loss_g = loss(d(fakes), ones)
        loss_g.backward()
        adam_g.step()
        adam_d.zero_grad()
        loss_d = (loss(d(pictures), ones) + loss(d(fakes.detach()), zeros)) / 2
        loss_d.backward()
        adam_d.step()
        loss_d.item(), loss_g.item()

    return play


def pytorch_examples(g: nn.Module, d: nn.Module, real: Draw, noise: Draw) -> Play:
    """dcgan/main.py: the discriminator moves first, in two backward passes; one batch of fakes for both players."""
    d, loss = nn.Sequential(d, nn.Sigmoid()), nn.BCELoss()
    adam_g, adam_d = adam(g), adam(d)

    def play() -> None:
        d.zero_grad()
        pictures = real()
        labels = pictures.new_full((len(pictures),), 1.0)
        output = d(pictures)
        loss_real = loss(output, labels)
        loss_real.backward()
        output.mean().item()
        fakes = g(noise())
        labels.fill_(0.0)
        output = d(fakes.detach())
        loss_fake = loss(output, labels)
        loss_fake.backward()
        output.mean().item()
        adam_d.step()
        g.zero_grad()
        labels.fill_(1.0)
        output = d(fakes)
        loss_g = loss(output, labels)
        loss_g.backward()
        output.mean().item()
        adam_g.step()
        (loss_real + loss_fake).item(), loss_g.item()

    return play


def pytorch_wgan_gp(g: nn.Module, d: nn.Module, real: Draw, noise: Draw) -> Play:
    """wgan_gp.py: nothing is detached but the points of the penalty; the generator sees the last step's noise again."""
    adam_g, adam_d = adam(g), adam(d)

    def slope(pictures: Tensor, fakes: Tensor) -> Tensor:
        weight = pictures.new_tensor(np.random.random((len(pictures), *[1] * (pictures.ndim - 1))))  # noqa: NPY002
        points = (weight * pictures + (1 - weight) * fakes).requires_grad_()
        logits = d(points)
        gradient = torch.autograd.grad(logits, points, torch.ones_like(logits), create_graph=True)[0]
        return ((gradient.flatten(1).norm(2, dim=1) - 1) ** 2).mean()

    def play() -> None:
        for _ in range(5):
            pictures, z = real(), noise()
            adam_d.zero_grad()
            fakes = g(z)
            on_real, on_fake = d(pictures), d(fakes)
            loss_d = -on_real.mean() + on_fake.mean() + 10 * slope(pictures.detach(), fakes.detach())
            loss_d.backward()
            adam_d.step()
            adam_g.zero_grad()
        loss_g = -d(g(z)).mean()
        loss_g.backward()
        adam_g.step()
        loss_d.item(), loss_g.item()

    return play


# ---- The networks ----


def perceptrons() -> tuple[nn.Module, nn.Module]:
    return MLP(8, 128, 128, 2), MLP(2, 128, 128, 1, logits=True)


def perceptrons_28() -> tuple[nn.Module, nn.Module]:
    """Those of gan.py and wgan_gp.py, with the epsilon .8 that they have in batch norm."""
    layers: list[nn.Module] = [nn.Linear(100, 128), nn.LeakyReLU(0.2, inplace=True)]
    for before, after in ((128, 256), (256, 512), (512, 1024)):
        layers += [nn.Linear(before, after), nn.BatchNorm1d(after, 0.8), nn.LeakyReLU(0.2, inplace=True)]
    g = nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
    return g, MLP(784, 512, 256, 1, activation=lambda: nn.LeakyReLU(0.2, inplace=True), logits=True)


def in_two(before: int, after: int) -> nn.Module:
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1))


def dcgan_28() -> tuple[nn.Module, nn.Module]:
    return dcgan.Generator((1, 28, 28), 100, 32), dcgan.Discriminator((1, 28, 28), 32)


def dcgan_64() -> tuple[nn.Module, nn.Module]:
    return dcgan.Generator((3, 64, 64), 100, 64), dcgan.Discriminator((3, 64, 64), 64)


def upsampling_32() -> tuple[nn.Module, nn.Module]:
    shape = (1, 32, 32)
    return upsampling_dcgan.Generator(shape, upsampling=in_two), upsampling_dcgan.Discriminator(shape)


def upsampling_32_with_layer() -> tuple[nn.Module, nn.Module]:
    return upsampling_dcgan.Generator((1, 32, 32)), upsampling_dcgan.Discriminator((1, 32, 32))


# ---- The rows ----


class Halved(NonSaturating):
    """With PyTorch-GAN's half in front of the discriminator's side."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Once equation 8."""
        return super().discriminator(real, fake) / 2


@dataclass(frozen=True)
class Ours:
    """A way in which sparring plays a row, and how many times as fast it should be."""

    dynamics: Callable[[], Alternating | Simultaneous]
    target: float
    networks: Networks | None = None  # where they are not the row's


@dataclass(frozen=True)
class Row:
    """A kind of work: a hand loop and what stands against it. `normal` draws noise as the loop's script does."""

    hand: Callable[[nn.Module, nn.Module, Draw, Draw], Play]
    networks: Networks
    shape: tuple[int, ...]
    ours: Mapping[str, Ours]
    latent: int = 100
    batch: int = 64
    loss: AdversarialLoss = field(default_factory=NonSaturating)
    penalties: Mapping[Penalty, float] = field(default_factory=dict)
    normal: Callable[[int, int], Tensor] = torch.randn

    def by_hand(self, real: Draw, noise: Draw) -> Play:
        """The hand loop on fresh networks."""
        return self.hand(*self.networks(), real, noise)

    def by_trainer(self, ours: Ours, real: Source, latent: Latent | None = None) -> Trainer:
        """A trainer on fresh networks."""
        g, d = (ours.networks or self.networks)()
        game = GAN(g, d, latent or Normal(self.latent), self.loss, self.penalties)
        optimizers = {"discriminator": adam(d, fused=True), "generator": adam(g, fused=True)}
        return Trainer(Phase(game, optimizers, {"real": real}, 10**9, ours.dynamics(), batch=self.batch))


def numpy_normal(n: int, size: int) -> Tensor:
    return torch.tensor(np.random.normal(0, 1, (n, size)), dtype=torch.float32)  # noqa: NPY002


def shared() -> Alternating:
    return Alternating(fresh=False)


def versus(fresh: float | None, turns: float | None, once: float | None) -> dict[str, Ours]:
    """The three ways with their targets; None leaves one out."""
    ways = {"in turn, fresh": (Alternating, fresh), "in turn, shared": (shared, turns), "at once": (Simultaneous, once)}
    return {name: Ours(dynamics, target) for name, (dynamics, target) in ways.items() if target is not None}


AS_PYTORCH_GAN: dict[str, Any] = {"loss": Halved(), "normal": numpy_normal}
WITH_THE_LAYER = {"in turn, shared, with the layer": Ours(shared, 1.7, upsampling_32_with_layer)}
FIVE_AND_ONE = {"in turn, fresh": Ours(lambda: Alternating({"discriminator": 5}), 1.5)}
PENALTY: dict[str, Any] = {"loss": Wasserstein(), "penalties": {interpolated: 10.0}, "normal": numpy_normal}
GREY_28, GREY_32, COLOUR_64 = (1, 28, 28), (1, 32, 32), (3, 64, 64)

ROWS: dict[str, Row] = {
    "perceptrons-64": Row(careful, perceptrons, (2,), versus(0.85, 0.95, 1.08), latent=8),
    "perceptrons-256": Row(careful, perceptrons, (2,), versus(0.85, 0.95, 1.08), latent=8, batch=256),
    "dcgan-28": Row(careful, dcgan_28, GREY_28, versus(0.95, 1.05, 1.1)),
    "pytorch-gan-mlp-28": Row(pytorch_gan, perceptrons_28, GREY_28, versus(None, 1.2, 1.3), **AS_PYTORCH_GAN),
    "pytorch-gan-dcgan-32": Row(
        pytorch_gan, upsampling_32, GREY_32, versus(None, 1.05, 1.15) | WITH_THE_LAYER, **AS_PYTORCH_GAN
    ),
    "pytorch-examples-dcgan-64": Row(pytorch_examples, dcgan_64, COLOUR_64, versus(None, 1.05, 1.2)),
    "pytorch-gan-wgan-gp": Row(pytorch_wgan_gp, perceptrons_28, GREY_28, FIVE_AND_ONE, **PENALTY),
}


def variants(row: Row) -> dict[str, Play]:
    """The hand loop first, and ours by name, each with noise of its own."""
    data = torch.randn(EXAMPLES, *row.shape)
    hand = row.by_hand(lambda: data[torch.randint(EXAMPLES, (row.batch,))], lambda: row.normal(row.batch, row.latent))
    return {"by hand": hand} | {name: row.by_trainer(o, InMemory(data)).play_round for name, o in row.ours.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "rows", nargs="*", choices=[[], *ROWS], metavar="ROW", help=f"of {', '.join(ROWS)}; all without"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="for each row, or 8 sweeps if they take longer")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    torch.set_num_threads(1)
    record = json.loads(options.out.read_text()) if options.out.exists() else {}
    for name in options.rows or ROWS:
        torch.manual_seed(0)
        command = f"python benchmarks/speed/loop.py {name} --seconds {options.seconds:g}"
        targets = {way: ours.target for way, ours in ROWS[name].ours.items()}
        record[name] = circumstances(command) | compare(variants(ROWS[name]), options.seconds, targets)
        print(name, *summary(record[name]), sep="\n  ")
        kept = {row: record[row] for row in ROWS if row in record}
        write_atomically(options.out, json.dumps(kept, indent=1).encode())


if __name__ == "__main__":
    main()
