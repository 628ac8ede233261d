"""Fictitious play on finite games, whose averages find the equilibrium, beside best response, which goes round."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sparring import Cost, Phase, Trainer
from sparring.dynamics.best_response import BestResponse
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.fictitious_play import FictitiousPlay
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.finite import Finite, matching_pennies, rock_paper_scissors
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.phase import Playing

__all__ = ["FIGURE"]

INK, ROUNDS = COLOURS["ink"].light, 1500
GAMES: Mapping[str, Callable[[], Finite]] = {
    "rock, paper, scissors": rock_paper_scissors,
    "matching pennies": matching_pennies,
}
ACTIONS = {"rock, paper, scissors": ("rock", "paper", "scissors"), "matching pennies": ("heads", "tails")}
CYCLES = {"rock, paper, scissors": 6, "matching pennies": 4}
"""Rounds until best responses repeat, by hand.

Rock beats scissors: if row is action i and column j, row goes to j + 1 and column to i + 1, modulo 3. From i != j that
is 6 rounds. In pennies, row goes to j and column to 1 - i: 4 rounds.
"""


def path(game: Finite, dynamics: Dynamics, rounds: int) -> tuple[NDArray[np.float64], list[float]]:
    """The mixtures of row and column after each round, [rounds, 2, K], and what both would gain by best answers."""
    found, gains = [], []

    def follow(trainer: Playing, costs: Mapping[str, Cost]) -> None:
        found.append((game.row().tolist(), game.column().tolist()))
        gains.append(game.exploitability())

    Trainer(Phase(game, {}, {}, rounds, dynamics), hooks=[follow]).play()
    return np.array(found), gains


def counted(payoffs: Sequence[Sequence[float]], start: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """Fictitious play of a game of sum 0 by counts of actions, in numpy: the shares of row and column, [2, K].

    Args:
        payoffs: Of the row.
        start: The first mixtures [2, K], which count as one action.
        rounds: How many.
    """
    matrix, counts = np.array(payoffs), start.copy()
    for n in range(rounds):
        row, column = counts / (n + 1)
        answers = (matrix @ column).argmax(), (row @ matrix).argmin()
        for which, action in enumerate(answers):
            counts[which, action] += 1
    return counts / (rounds + 1)


def period(mixtures: NDArray[np.float64]) -> int:
    """After how many rounds mixtures [N, 2, K] are those of the fifth round again."""
    return next(n for n in itertools.count(1) if np.array_equal(mixtures[4 + n], mixtures[4]))


def triangle(mixtures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mixtures of three actions [..., 3] as points [..., 2] of a triangle."""
    points: NDArray[np.float64] = mixtures @ np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
    return points


def make() -> Drawn:
    played = {name: path(game(), FictitiousPlay(), ROUNDS) for name, game in GAMES.items()}
    answers = {name: path(game(), BestResponse(), ROUNDS) for name, game in GAMES.items()}
    name = "rock, paper, scissors"
    plane = blank("What row plays in rock, paper, scissors", "", "", (4.6, 3.9))
    plane.plot(*triangle(np.eye(3)[[0, 1, 2, 0]]).T, color=INK, linewidth=1)
    plane.plot(*triangle(answers[name][0][:, 0]).T, "s", color=SERIES[3], markersize=10)
    plane.plot(*triangle(played[name][0][:, 0]).T, color=SERIES[0], linewidth=1)
    plane.plot(*triangle(np.full(3, 1 / 3)), "+", color=INK, markersize=12)
    for word, (x, y), side in zip(ACTIONS[name], triangle(np.eye(3)), (-0.12, -0.12, 0.07), strict=True):
        plane.text(x, y + side, word, ha="center")
    plane.text(0.98, 0.75, "best response:\none corner\nafter another", color=SERIES[3], ha="center")
    plane.text(0.06, 0.66, "fictitious play:\naverages", color=SERIES[0], ha="center")
    plane.set(xlim=(-0.3, 1.3), ylim=(-0.17, 1.0), aspect="equal")
    plane.axis("off")
    words = (
        "A triangle with an action at each corner. Fictitious play winds into its middle, best response is at corners."
    )
    axes = blank("What both would gain by best answers", "rounds", "gain: 0 at an equilibrium", (4.6, 3.9))
    for (title, (_, gains)), colour in zip(played.items(), SERIES, strict=False):
        axes.loglog(range(1, ROUNDS + 1), gains, color=colour, linewidth=1, label=f"fictitious play, {title}")
        axes.loglog(range(1, ROUNDS + 1), answers[title][1], color=SERIES[3], linewidth=2)
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    axes.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    axes.minorticks_off()
    axes.text(9, 1.55, "best response, in both games", va="center", ha="center", color=SERIES[3])
    axes.legend(loc="lower left")
    more = "Against rounds, both scales logarithmic: lines of fictitious play fall below 0.1, best response stays."
    return Drawn((Picture.of(plane, words), Picture.of(axes, more)), tuple(pairs(played, answers)))


def pairs(
    played: Mapping[str, tuple[NDArray[np.float64], list[float]]],
    answers: Mapping[str, tuple[NDArray[np.float64], list[float]]],
) -> list[Pair]:
    found = []
    for name, (mixtures, gains) in played.items():
        game, actions = GAMES[name](), ACTIONS[name]
        start = np.array([game.row().tolist(), game.column().tolist()])
        expected = counted(game.get_buffer("rows").tolist(), start, ROUNDS)
        found += [Pair(f"{name}: share of {action} after {ROUNDS} rounds", float(mixtures[-1, 0, k]), 1 / len(actions),
                       0.03) for k, action in enumerate(actions)]  # fmt: skip
        distance = float(np.abs(mixtures[-1] - expected).max())
        found += [
            Pair(f"{name}: apart from counting actions by hand", distance, 0.0, 1e-9),
            Pair(f"{name}: gain after {ROUNDS} rounds", gains[-1], 0.0, 0.1),
            Pair(f"{name}: rounds of the cycle of best responses", period(answers[name][0]), CYCLES[name], 0.0),
        ]
    return found


FIGURE = Figure(
    title="Fictitious play finds mixed strategies, best response goes round",
    text="If each player answers what the other did last, both go round for ever. "
    "If each answers the average of all that the other did, the averages approach the equilibrium.",
    source="slides of NIPS 2016, finding equilibria in games; Brown 1951, Robinson 1951; from the unequal mixtures of "
    "the library's games",
    section="8.2",
    make=make,
    seconds=1.5,
    python="""
from sparring import Phase, Trainer
from sparring.dynamics.fictitious_play import FictitiousPlay
from sparring.games.theory.finite import rock_paper_scissors

game = rock_paper_scissors()
Trainer(Phase(game, {}, {}, 1500, FictitiousPlay())).play()
shares = dict(zip(("rock", "paper", "scissors"), game.row().tolist()))
measured = {f"rock, paper, scissors: share of {action} after 1500 rounds": share for action, share in shares.items()}
measured["rock, paper, scissors: gain after 1500 rounds"] = game.exploitability()
print(measured)
""",
)
