"""The framework of two players, drawn from a live game: who controls what, and whose cost depends on whom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sparring.chance import Draws, Key
from sparring.dynamics.gradients import gradient_field, move
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.game import Batch, Round
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank
from sparring.losses import NonSaturating
from sparring.networks.mlp import MLP
from sparring.phase import TrainState

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FIGURE"]


LETTERS = {"discriminator": "D", "generator": "G"}


def live() -> tuple[GAN, Round]:
    """A game and a round of it: 64 points of data, and as many latents."""
    with Key(0, ("framework",)).seeded():
        game = GAN(MLP(2, 16, 2), MLP(2, 16, 1, logits=True), Normal(2), NonSaturating())
    data = Batch(Key(1).normal("data", (64, 2)))
    return game, Round(lambda _: data, Draws(0, TrainState(), torch.Generator(), 64))


def box(axes: Axes, at: tuple[float, float], words: str, colour: str, *, filled: bool = True) -> None:
    style = {"boxstyle": "round,pad=0.45", "facecolor": colour if filled else "#ffffff", "edgecolor": colour}
    axes.text(*at, words, color="#ffffff" if filled else colour, ha="center", va="center", fontsize=9, bbox=style)


def arrow(axes: Axes, start: float, end: float, words: tuple[str, str]) -> None:
    """Down from one box to the next, from edge to edge."""
    off, on = (18 if "\n" in each else 13 for each in words)
    look = {"arrowstyle": "-|>", "color": COLOURS["quiet"].light, "linewidth": 1.4, "shrinkA": off, "shrinkB": on}
    axes.annotate("", (0.5, end), (0.5, start), arrowprops=look)


def controls(game: GAN, player: str) -> str:
    """What a player controls, by the names of modules in the game, and how many numbers that is."""
    own = set(game.strategy(player))
    names = [
        name for name, module in game.named_children() if own & {f"{name}.{p}" for p, _ in module.named_parameters()}
    ]
    return f"{' and '.join(names)}: {count(game, player)} numbers"


def count(game: GAN, player: str) -> int:
    return sum(parameter.numel() for parameter in game.strategy(player).values())


def sizes(batch: Tensor) -> str:
    """Of a batch, in words."""
    return " of ".join(map(str, batch.shape)) + " numbers"


def reached(game: GAN, round: Round, payer: str) -> set[str]:
    """The players in whose parameters a cost has a gradient that is not zero."""
    names = dict(game.named_parameters())
    found = torch.autograd.grad(game(payer, round).total, list(names.values()), allow_unused=True)
    moved = {name for name, slope in zip(names, found, strict=True) if slope is not None and slope.abs().max() > 0}
    return {player for player in game.players() if moved & game.strategy(player).keys()}


def strangers(game: GAN, round: Round, mover: str) -> int:
    """How many numbers that belong to others move when one player takes a step."""
    before: dict[str, Tensor] = {name: p.detach().clone() for name, p in game.named_parameters()}
    optimizers = {mover: torch.optim.SGD(game.strategy(mover).values(), 0.1)}
    move(game, gradient_field(game, round, (mover,)), round, optimizers)
    others = set(before) - game.strategy(mover).keys()
    return sum(int((dict(game.named_parameters())[name] != before[name]).sum()) for name in others)


def scenario(title: str, steps: list[tuple[str, str]], said: str) -> Axes:
    """Boxes from top to bottom, each with its colour's name, and what the players want of the last."""
    axes = blank(title, "", "", (4.4, 4.2))
    axes.set(xlim=(0, 1), ylim=(-0.1, 1.02))
    axes.axis("off")
    gap = 0.8 / (len(steps) - 1)
    for i, (words, colour) in enumerate(steps):
        box(axes, (0.5, 0.93 - i * gap), words, COLOURS[colour].light, filled=colour in {"discriminator", "generator"})
        if i:
            arrow(axes, 0.93 - (i - 1) * gap, 0.93 - i * gap, (steps[i - 1][0], words))
    axes.text(0.5, -0.04, said, ha="center", va="center")
    return axes


def make() -> Drawn:
    game, round = live()
    judge, maker = (f"{letter} controls the\n{controls(game, player)}" for player, letter in LETTERS.items())
    x, z = round.stream("real").x, game.latents(round)
    samples = game.generator(z)
    real, fake = game.discriminator(x), game.discriminator(samples)
    one = scenario(
        "A real example",
        [(f"x of the data: {sizes(x)}", "real"), (judge, "discriminator"), (f"D(x): {sizes(real)}", "ink")],
        "D wants it near 1",
    )
    steps = [
        (f"z of the prior: {sizes(z)}", "quiet"), (maker, "generator"),
        (f"G(z): {sizes(samples)}", "generated"), (judge, "discriminator"),
        (f"D(G(z)): {sizes(fake)}", "ink"),
    ]  # fmt: skip
    two = scenario("A generated one", steps, "D wants it near 0, G wants it near 1")
    shared = game.strategy("discriminator").keys() & game.strategy("generator").keys()
    pairs = [
        Pair("numbers that D controls, 2\u00b716 + 16 + 16 + 1", count(game, "discriminator"), 65, 0),
        Pair("numbers that G controls, 2\u00b716 + 16 + 16\u00b72 + 2", count(game, "generator"), 82, 0),
        Pair("numbers that both control", len(shared), 0, 0),
        Pair("players on whom the cost of D depends", len(reached(game, round, "discriminator")), 2, 0),
        Pair("players on whom the cost of G depends", len(reached(game, round.again(), "generator")), 2, 0),
        Pair("numbers of G that move when D takes a step", strangers(game, round.again(), "discriminator"), 0, 0),
        Pair("numbers of D that move when G takes a step", strangers(game, round.again(), "generator"), 0, 0),
    ]
    with torch.no_grad():
        for parameter in game.strategy("discriminator").values():
            parameter.zero_()
    for player, nats in (("discriminator", 2 * math.log(2)), ("generator", math.log(2))):
        paid = game(player, round.again()).total.item()
        pairs.append(Pair(f"cost of the {player} where D is 1/2 everywhere, nats", paid, nats, 1e-6))
    words = "Top to bottom: data x, the discriminator, D(x). D wants it near 1."
    more = "Top to bottom: latents z, the generator, G(z), the discriminator, D(G(z)). D wants it near 0, G near 1."
    return Drawn((Picture.of(one, words), Picture.of(two, more)), tuple(pairs))


FIGURE = Figure(
    title="Two players, and what each may move",
    text="The discriminator sees real and generated examples, and the generator only hears what the discriminator "
    "says of its own. Each cost depends on the numbers of both players, but each player moves only its own.",
    source="report, section 3.1 and figure 12; drawn from a game with two small networks; our costs have no factor 1/2",
    section="3.1",
    make=make,
    seconds=0.3,
    python="""
import torch
from sparring import GAN, MLP, Normal

game = GAN(MLP(2, 16, 2), MLP(2, 16, 1, logits=True), Normal(2))
sizes = {}
for name, player in game.players().items():
    sizes[name] = sum(p.numel() for p in game.strategy(name).values())
    print(name, "controls", sizes[name], "numbers, and pays", player.cost.__name__)
game.check_controls()  # an error, unless each number has one player who moves it
measured = {
    "numbers that D controls, 2\u00b716 + 16 + 16 + 1": sizes["discriminator"],
    "numbers that G controls, 2\u00b716 + 16 + 16\u00b72 + 2": sizes["generator"],
}
""",
)
