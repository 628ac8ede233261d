"""What each rule costs on a network: a DCGAN at 28 pixels plays 50 rounds under each, against steps in turn.

Usage, from the root of a checkout, on a machine that does nothing else:

    python benchmarks/dynamics.py               every rule that has no result yet; it goes on where it was stopped
    python benchmarks/dynamics.py NAME ...      these, again
    python benchmarks/dynamics.py --quick       two rounds of each with little of everything, into runs/dynamics
    python benchmarks/dynamics.py --table       the results as a table

The pictures, networks and optimizers are those of `sparring train dcgan`, at a tenth of its rates and without falling
ones. A round is timed in blocks that alternate with blocks of steps in turn, in one process (speed/interleaved.py). The
peak of memory is that of three rounds above what is there before the first, in a process of its own for each, one after
the other. Results: benchmarks/dynamics/*.json.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import sparring as sp
from sparring.dynamics.competitive import CompetitiveGradient
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.extragradient import Extragradient
from sparring.dynamics.functional import SGD, Adam
from sparring.dynamics.lookahead import Lookahead
from sparring.dynamics.negative_momentum import NegativeMomentum
from sparring.dynamics.optimistic import Optimistic
from sparring.dynamics.past_extrapolation import PastExtrapolation
from sparring.dynamics.symplectic import Symplectic
from sparring.dynamics.unrolled import Unrolled
from sparring.machine.files import write_atomically
from sparring.recipes.images import dcgan

sys.path.append(str(Path(__file__).parent / "speed"))
interleaved = importlib.import_module("interleaved")

HERE = Path(__file__).with_suffix("")
BASE, ROUNDS, SECONDS, PEAK_ROUNDS = "steps in turn", 50, 20.0, 3
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")

Make = Callable[[sp.GAN], list[sp.hooks.Hook]]


def none(_: sp.GAN) -> list[sp.hooks.Hook]:
    return []


@dataclass(frozen=True)
class Row:
    """A rule, and what is done after its rounds."""

    dynamics: Dynamics
    hooks: Make = none


RULES: Mapping[str, Row] = {
    BASE: Row(sp.Alternating()),
    "steps in turn, shared": Row(sp.Alternating(fresh=False)),
    "steps at once": Row(sp.Simultaneous()),
    "two time scales, 2 steps": Row(sp.Alternating({"discriminator": 2})),
    "uniform average": Row(sp.Alternating(), lambda game: [sp.hooks.UniformAverage(game.sampler())]),
    "extragradient": Row(Extragradient()),
    "extrapolation from the past": Row(PastExtrapolation()),
    "optimistic": Row(Optimistic()),
    "negative momentum": Row(NegativeMomentum()),
    "lookahead": Row(Lookahead()),
    "consensus": Row(Consensus()),
    "symplectic": Row(Symplectic()),
    "competitive, 5 iterations": Row(CompetitiveGradient(iterations=5)),
    "competitive, 20 iterations": Row(CompetitiveGradient()),
    "unrolled, 1 step": Row(Unrolled(1, Adam(1e-4, (0.5, 0.999)))),
    "unrolled, 5 steps": Row(Unrolled(5, Adam(1e-4, (0.5, 0.999)))),
    "unrolled, 5 steps of SGD": Row(Unrolled(5, SGD(1e-2))),
}


@dataclass(frozen=True)
class Scale:
    """How much is done.

    Attributes:
        rounds: Of training.
        seconds: Of timing.
        batch: Pictures a turn.
        width: Channels of the layer next to the picture.
    """

    rounds: int = ROUNDS
    seconds: float = SECONDS
    batch: int = 64
    width: int = 32


QUICK = Scale(rounds=2, seconds=0.1, batch=4, width=2)


def trainer(name: str, scale: Scale) -> sp.Trainer:
    """A DCGAN on the embedded pictures, under a rule."""
    rates = {"generator_rate": 2e-4, "discriminator_rate": 1e-4}
    config = dcgan.Config(rounds=scale.rounds, batch=scale.batch, width=scale.width, device="cpu", **rates)
    data, row = dcgan.open_data(config), RULES[name]
    game = dcgan.game(config, data.spec.shape)
    rule, steady = dcgan.adam(0.5, 0.999), sp.schedules.linear(1.0, 1.0)
    return dcgan.trainer(config, data, game, rule=rule, factors=steady, dynamics=row.dynamics, hooks=row.hooks(game))


def trained(name: str, scale: Scale) -> dict[str, Any]:
    """The costs of the last round, and how far pictures and weights are from anything broken."""
    player, last = trainer(name, scale), dict[str, sp.Cost]()
    player.hooks += sp.hooks.hooks_of([lambda _, costs: last.update(costs)])
    player.play()
    pictures = player.game.sampler().settled(64).sample(16, seed=1)
    weights = [torch.isfinite(p).all() for p in player.game.parameters()]
    found = {who: round(cost.total.item(), 4) for who, cost in last.items()}
    finite = bool(torch.stack(weights).all()) and all(map(math.isfinite, found.values()))
    return {
        "rounds": player.state.round,
        "last costs": found,
        "finite": finite,
        "spread": round(pictures.std().item(), 4),
    }


def timed(name: str, scale: Scale) -> dict[str, Any]:
    """Milliseconds of a round in turn, and how many of them one under the rule takes."""
    plays = {other: trainer(other, scale).play_round for other in dict.fromkeys((BASE, name))}
    found = interleaved.sweeps(plays, scale.seconds)[0]
    pairs = list(zip(found[name], found[BASE], strict=True))
    ratios = {
        clock: interleaved.middle([a[i] / b[i] for a, b in pairs]) for i, clock in enumerate(("processor", "clock"))
    }
    return {
        "milliseconds in turn": round(1000 * sorted(cpu for cpu, _ in found[BASE])[len(pairs) // 2], 1),
        "times": ratios,
    }


def peak(name: str, scale: Scale) -> float:
    """The most memory that a few rounds need above what is there before them, in MiB; Linux alone tells."""
    player = trainer(name, scale)
    before = int(re.findall(r"VmRSS:\s+(\d+) kB", STATUS.read_text())[0])
    RESET.write_text("5")
    for _ in range(PEAK_ROUNDS):
        player.play_round()
    return (int(re.findall(r"VmHWM:\s+(\d+) kB", STATUS.read_text())[0]) - before) / 1024


def apart(name: str, quick: bool) -> float:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--peak", name, *(["--quick"] if quick else [])]
    return round(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout), 1)  # noqa: S603


def measure(name: str, scale: Scale, quick: bool) -> dict[str, Any]:
    """All that is kept of a rule."""
    flag = " --quick" if quick else ""
    return {
        "rule": repr(RULES[name].dynamics),
        **interleaved.circumstances(f'python benchmarks/dynamics.py "{name}"{flag}'),
        "training": trained(name, scale),
        "round": timed(name, scale),
        "peak MiB": {other: apart(other, quick) for other in (BASE, name)},
    }


def kept(name: str) -> Path:
    """Where a result is."""
    return HERE / f"{name.replace(',', '').replace(' ', '-')}.json"


def table() -> str:
    """The results, in Markdown."""
    lines = ["| rule | time of a round | peak of memory | after its rounds |", "| --- | --- | --- | --- |"]
    for name in filter(lambda name: kept(name).exists(), RULES):
        found = json.loads(kept(name).read_text(encoding="utf-8"))
        times, memory = found["round"]["times"]["processor"], found["peak MiB"]
        low, high = times["interval"]
        state = "finite" if found["training"]["finite"] else "not finite"
        share = f"{memory[name] / memory[BASE]:.2f} ({memory[name]:.0f} MiB)"
        lines.append(f"| {name} | {times['median']:.2f} ({low:.2f} to {high:.2f}) | {share} | {state} |")
    return "\n".join(lines)


def main() -> None:
    global HERE  # noqa: PLW0603 - a quick result must not look like a whole one
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*RULES, []], metavar="NAME", help=f"of {', '.join(RULES)}")
    for flag in ("--quick", "--table"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--peak", choices=RULES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    scale = QUICK if given.quick else Scale()
    HERE = Path("runs/dynamics") if given.quick else HERE
    if given.peak:
        return print(peak(given.peak, scale))
    for name in [] if given.table else given.names or [name for name in RULES if not kept(name).exists()]:
        print(f"{name} ...", flush=True)
        HERE.mkdir(parents=True, exist_ok=True)
        write_atomically(kept(name), json.dumps(measure(name, scale, given.quick), indent=1).encode() + b"\n")
    return print(table())


if __name__ == "__main__":
    main()
