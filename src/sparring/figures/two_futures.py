"""A frame with two possible futures: squared error averages them, an adversary makes the prediction choose one."""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor, nn
from torch.optim import SGD, Adam

from sparring.chance import Chance, Key
from sparring.data.source import InMemory
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.gan import GAN
from sparring.hooks import LearningRate
from sparring.looks.plots import captioned
from sparring.networks.mlp import MLP
from sparring.penalties import r1
from sparring.schedules import linear
from sparring.trainer import Phase, Trainer

__all__ = ["FIGURE"]

HIGH, WIDE, ZOOM = 8, 24, 14
"""Of a frame, in pixels, and how many times it is enlarged."""

FUTURES = (6.5, 16.5)
"""Where the ball may be next, each with probability 1/2, in pixels from the left; now it is in the middle."""

ROUNDS = 500


def frame(at: float) -> Tensor:
    """A picture of the ball [HIGH * WIDE], 0 to 1."""
    y, x = torch.meshgrid(torch.arange(HIGH), torch.arange(WIDE), indexing="ij")
    return torch.exp(-((x - at) ** 2 + (y - (HIGH - 1) / 2) ** 2) / 4).flatten()


TWO = torch.stack([frame(at) for at in FUTURES])
"""Both futures, [2, HIGH * WIDE]."""


def coin(chance: Chance) -> Tensor:
    """A latent that is 0 or 1, [rows, 1]: the generator may choose a future by it, or not look at it."""
    return chance.integers("coin", 1, high=2).float()


class Predictor(nn.Module):
    """What follows the past: one frame for each side of the coin, both nearly empty at the beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.frames = nn.Parameter(0.05 * Key(0).normal("frames", (2, HIGH * WIDE)))

    def forward(self, z: Tensor) -> Tensor:
        """[B, 1] to [B, HIGH * WIDE]."""
        return self.frames[z[:, 0].long()]


def averaging() -> Tensor:
    """Predictions [2, HIGH * WIDE] of least squared error."""
    predictor = Predictor()
    optimizer = SGD(predictor.parameters(), 0.2)
    for _ in range(100):
        optimizer.zero_grad()
        error = (predictor.frames[:, None] - TWO).square().sum(2).mean(1)  # the future does not depend on the coin
        error.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return predictor.frames.detach()


def choosing() -> Tensor:
    """Predictions [2, HIGH * WIDE] that a discriminator cannot tell from what follows."""
    with Key(0).seeded():
        discriminator = MLP(HIGH * WIDE, 64, 1, activation=nn.SiLU, logits=True)
    predictor = Predictor()
    game = GAN(predictor, discriminator, coin, penalties={r1: 0.3})
    rates = {"discriminator": (discriminator, 5e-3), "generator": (predictor, 1e-2)}
    adams = {name: Adam(network.parameters(), rate, (0.0, 0.99)) for name, (network, rate) in rates.items()}
    slower = LearningRate(dict.fromkeys(rates, linear(1.0, 0.0, 0.5)), ROUNDS)
    Trainer(Phase(game, adams, {"real": InMemory(TWO)}, ROUNDS, batch=32), hooks=[slower]).play()
    return predictor.frames.detach()


def strip(frames: Tensor, caption: str, alternative: str) -> Picture:
    """Frames [n, HIGH * WIDE] below one another, the ball dark on white, below a caption."""
    rows = [row.reshape(HIGH, WIDE) for row in frames]
    gap = torch.full((1, WIDE), 0.25)
    whole = torch.cat([part for row in rows for part in (row, gap)][:-1])
    pixels = (255 * (1 - whole.clamp(0, 1))).round().byte().numpy()
    large = Image.fromarray(pixels).resize((WIDE * ZOOM, len(whole) * ZOOM), Image.Resampling.NEAREST)
    return Picture.png(captioned(large, caption, 22), alternative, scale=0.6)


def make() -> Drawn:
    blurred, sharp = averaging(), choosing()
    sharp = sharp[torch.cdist(sharp, TWO)[:, 0].argsort()]  # the side of the coin that leads to the left first
    one, both = (
        "Twice the same frame, with a grey ball on the left and another one on the right.",
        "GAN: one frame with a dark ball on one side, and one with a dark ball on the other.",
    )
    pictures = (
        strip(TWO, "What follows", "What follows: a dark ball on the left, or one on the right."),
        strip(blurred, "Least squared error", one),
        strip(sharp, "GAN", both),
    )
    return Drawn(pictures, tuple(pairs(blurred, sharp)))


def pairs(blurred: Tensor, sharp: Tensor) -> list[Pair]:
    """Where predictions [2, n] of either kind are, against the average of both futures or each of them."""
    away, average, apart = torch.cdist(sharp, TWO), TWO.mean(0), (TWO[0] - TWO[1]).square().sum().item()
    to, back = (away.min(axis).values.max().item() for axis in (1, 0))
    off = (blurred - average).norm().item()
    found = [
        Pair("squared error: distance of the predictions from the average", off, 0.0, 1e-3),
        Pair("squared error: darkest pixel", blurred.max().item(), average.max().item(), 1e-3),
        Pair("GAN: distance of a prediction from the nearest future, larger of two", to, 0.0, 0.2),
        Pair("GAN: distance of a future from the nearest prediction, larger of two", back, 0.0, 0.2),
        Pair("GAN: darkest pixel", sharp.max().item(), TWO.max().item(), 0.05),
    ]
    for name, frames, share in (("squared error", blurred, 1 / 4), ("GAN", sharp, 1 / 2)):
        error = torch.cdist(frames, TWO).square().mean().item()
        found.append(
            Pair(f"{name}: mean squared error, divided by that between both futures", error / apart, share, 0.02)
        )
    return found


FIGURE = Figure(
    title="Two possible futures",
    text="A ball moves left or right: least squared error predicts half a ball on both sides, which never happens. "
    "A generator also gets a coin, 0 or 1: under a GAN each side of it predicts one future, under squared error both.",
    source="report, figure 3, a toy of Lotter et al. 2015; the middle picture is squared error, the last a GAN. "
    "Rows of both are the sides of the coin, the one that leads to the left first: the GAN is not told which",
    section="1",
    make=make,
    seconds=4.0,
    python="""
import torch

at = torch.arange(24.0)
y, x = torch.meshgrid(torch.arange(8.0), at, indexing="ij")
two = torch.stack([torch.exp(-((x - left) ** 2 + (y - 3.5) ** 2) / 4).flatten() for left in (6.5, 16.5)])
prediction = torch.zeros(8 * 24, requires_grad=True)
optimizer = torch.optim.SGD([prediction], 0.2)
for _ in range(100):
    optimizer.zero_grad()
    (prediction - two).square().sum(1).mean().backward()  # either future may come
    optimizer.step()
measured = {"squared error: distance of the predictions from the average": (prediction - two.mean(0)).norm().item(),
            "squared error: darkest pixel": prediction.max().item()}
print(measured)
""",
)
