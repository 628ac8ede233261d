"""The best discriminator, learned by a table and by networks, and what they do where no sample ever is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Adam

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Minimax
from sparring.networks.fourier import Fourier
from sparring.networks.mlp import MLP

__all__ = ["FIGURE"]

WIDTH = 0.1
PLACES = torch.arange(-4, 4, WIDTH, dtype=torch.float64) + WIDTH / 2
"""The middles of the table's cells, [80]."""

LEFT, RIGHT = (PLACES > -3) & (PLACES < -1), (PLACES > 1) & (PLACES < 3)
LIVES = LEFT | RIGHT
"""Where both densities live; neither lives anywhere else."""

STARTS = (0.2, 0.9)
"""What two tables say everywhere before they learn."""


def densities() -> tuple[Tensor, Tensor]:
    """Of the data and of the model at all places: straight lines on two intervals, 0 elsewhere."""
    rise = torch.where(LEFT, PLACES + 3, PLACES - 1) / 2
    p = 0.6 * (0.1 + 0.8 * rise) * LEFT + 0.2 * RIGHT
    q = (0.4 * LEFT + 0.6 * RIGHT) * (0.9 - 0.8 * rise)
    return p, q


def samples(density: Tensor, n: int = 5000) -> Tensor:
    """The cells of `n` samples, as many in each as the density has there: without chance."""
    return torch.repeat_interleave((n * WIDTH * density).round().long())


def fitted(logits: Callable[[], Tensor], parameters: Sequence[Tensor], *, rate: float, steps: int) -> Tensor:
    """D at all places, [80], after gradient descent on the discriminator's cost of all samples."""
    real, fake = map(samples, densities())
    optimizer = Adam(parameters, rate)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 - step / steps)
        at = logits()
        optimizer.zero_grad()
        Minimax().discriminator(at[real], at[fake]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return logits().detach().double().sigmoid()


def table(start: float) -> Tensor:
    """A number for each place, all begun at `start`."""
    cells = torch.logit(torch.full_like(PLACES, start)).requires_grad_()
    return fitted(lambda: cells, [cells], rate=0.1, steps=600)


def network(seed: int) -> Tensor:
    """A network begun at random."""
    with Key(seed).seeded():
        model = nn.Sequential(Fourier(1, 16, 0.5, 8.0), MLP(33, 32, 1, activation=nn.Tanh, logits=True))
    x = PLACES[:, None].float()
    return fitted(lambda: model(x), list(model.parameters()), rate=0.02, steps=800)


def panel(title: str, found: Mapping[str, Tensor], alternative: str) -> Picture:
    """D against x, over the places where data and model live."""
    p, q = densities()
    axes = blank(title, "x", "D(x)")
    for low in (-3, 1):
        axes.axvspan(low, low + 2, color=COLOURS["shade"].light)
        inside = (low < PLACES) & (low + 2 > PLACES)
        axes.plot(PLACES[inside], (p / (p + q))[inside], color=COLOURS["line"].light, linewidth=6)
    for (name, d), colour in zip(found.items(), SERIES, strict=False):
        axes.plot(PLACES, d, color=colour, label=name, linewidth=1.5)
    axes.set(xlim=(-4, 4), ylim=(0, 1.02))
    axes.legend(loc="lower left", bbox_to_anchor=(0.36, 0.0), fontsize=8.5)
    return Picture.of(axes, alternative)


def make() -> Drawn:
    tables = {f"table, begun at {start}": table(start) for start in STARTS}
    networks = {f"network, seed {seed}": network(seed) for seed in (0, 1, 2)}
    p, q = densities()
    axes = blank("Data and model", "x", "density")
    axes.fill_between(PLACES, p, color=COLOURS["real"].light, alpha=0.15, linewidth=0)
    axes.plot(PLACES, p, color=COLOURS["real"].light)
    axes.plot(PLACES, q, color=COLOURS["generated"].light)
    axes.text(-1.05, 0.56, "data p", color=COLOURS["real"].light, ha="right")
    axes.text(1.1, 0.56, "model q", color=COLOURS["generated"].light)
    axes.set(xlim=(-4, 4), ylim=(0, 0.62))
    words = "Densities of data and model, both from -3 to -1 and from 1 to 3, and 0 between and outside."
    same = "Two tables: both follow p / (p + q) where samples are, and stay at 0.2 and at 0.9 elsewhere."
    lines = "Three networks: together on p / (p + q) where samples are, each on a way of its own in the gaps."
    pictures = (Picture.of(axes, words), panel("D as a table", tables, same), panel("D as a network", networks, lines))
    pairs = []
    for x in (-2.95, -1.05, 1.05, 2.95):
        i = int((PLACES - x).abs().argmin())
        exact = p[i].item() / (p[i] + q[i]).item()
        pairs += [Pair(f"D({x:g}), table begun at 0.2", tables["table, begun at 0.2"][i].item(), exact, 0.005),
                  Pair(f"D({x:g}), network, seed 0", networks["network, seed 0"][i].item(), exact, 0.03)]  # fmt: skip
    for start, d in zip(STARTS, tables.values(), strict=True):
        pairs.append(Pair(f"D(0), table begun at {start}", d[40].item(), start, 1e-12))
    apart = torch.stack([*networks.values()]).std(0)
    pairs += [Pair("networks, deviation between seeds where samples are", apart[LIVES].max().item(), 0.0, 0.03),
              Pair("networks, largest deviation elsewhere, less that where samples are: sign",
                   (apart[~LIVES].max() - apart[LIVES].max()).sign().item(), 1, 0)]  # fmt: skip
    return Drawn(pictures, tuple(pairs))


FIGURE = Figure(
    title="The best discriminator, and what it does where no sample is",
    text="Where samples are, D learns p / (p + q), whether it is a table or a network, and wherever it began. "
    "Elsewhere nothing is asked of D: a table stays where it began, and networks from different seeds disagree.",
    source="report, exercise 7.1, its solution in section 8.1, and equation 25",
    section="7.1",
    make=make,
    seconds=3.0,
    python="""
import torch
from sparring import losses

cells = {0.2: None, 0.9: None}
for start in cells:
    logits = torch.logit(torch.full((3,), start, dtype=torch.float64)).requires_grad_()
    real = torch.tensor([0] * 9 + [1] * 44)  # cells of samples: as p and q are at -2.95, and turned round
    fake = torch.tensor([0] * 44 + [1] * 9)  # no sample is ever in cell 2
    optimizer = torch.optim.Adam([logits], 0.1)
    for _ in range(500):
        optimizer.zero_grad()
        losses.Minimax().discriminator(logits[real], logits[fake]).backward()
        optimizer.step()
    cells[start] = logits.detach().sigmoid()
measured = {f"D(0), table begun at {start}": cells[start][2].item() for start in cells}
measured["D(-2.95), table begun at 0.2"] = cells[0.2][0].item()
print(measured)
""",
)
