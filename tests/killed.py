"""Plays every contract game by turns, a round at a time, and saves each after each: for test_killed.py to kill.

Usage: killed.py FOLDER ROUNDS. It goes on from the checkpoints in FOLDER.
"""

import sys
from pathlib import Path

import torch

import contract_games.pyramid as pyramid
import contract_games.two_phase as two_phase
import contract_games.warm_up as warm_up
import discover
from sparring import Alternating, Phase, Trainer
from sparring.dynamics.negative_momentum import NegativeMomentum
from sparring.games.theory import xy
from sparring.runs import checkpoint


def trainer_of(module, rounds, dynamics=Alternating(fresh=False)):  # noqa: B008 - a frozen value
    torch.manual_seed(0)
    game, streams = module.tiny()
    optimizers = {n: torch.optim.Adam(game.strategy(n).values(), 1e-3, fused=True) for n in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, dynamics, batch=8))


def trainers(rounds):
    """Every game by its name, and the shapes that are more than a game: phases, a warm-up, a rule that remembers."""
    yield from ((name, trainer_of(module, rounds)) for name, module in discover.games().items())
    yield "pyramid in phases", pyramid.build(rounds=rounds // 2)
    yield "two phases", two_phase.build(rounds=rounds // 2)
    yield "warm-up", warm_up.build(rounds=rounds)
    yield "a dynamics with a state", trainer_of(xy, rounds, NegativeMomentum())


def main(folder, rounds):
    games = dict(trainers(rounds))
    for name, trainer in games.items():
        if newest := checkpoint.latest(folder / name):
            trainer.load_state_dict(checkpoint.load(newest))
    while any(trainer.left for trainer in games.values()):
        for name, trainer in games.items():
            if trainer.left:
                trainer.play(1)
                checkpoint.save(folder / name / f"{trainer.state.round:08d}", trainer.state_dict())
                checkpoint.prune(folder / name, keep=2)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), int(sys.argv[2]))
