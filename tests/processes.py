"""A script that plays contract games as one of several processes, for test_ranks.py."""

import importlib
import os
import signal
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from sparring import Alternating, Phase, Trainer
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.unrolled import Unrolled
from sparring.ranks import ALONE, of_environment

PLAYED = {
    "contract_games.dcgan": Alternating(fresh=False),  # batch norm
    "contract_games.r3gan": Consensus(),  # dropout, and derivatives of derivatives
    "contract_games.semi_supervised": Unrolled(),  # feature matching
    "contract_games.penalised": Alternating(),  # penalties that keep averages
    "contract_games.sngan": Alternating({"discriminator": 2}),  # spectral norm
}


def trainer_of(name, ranks=ALONE, rounds=3):
    torch.manual_seed(0)
    game, streams = importlib.import_module(name).tiny()
    game.double()
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), lr=0.05) for player in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, PLAYED[name], batch=8), ranks=ranks)


def tensors_of(trainer):
    """Parameters and buffers."""
    return {name: tensor.contiguous() for name, tensor in trainer.state_dict()["games"].items()}


def play(folder):
    """Plays every game, and saves what this rank ends with."""
    ranks = of_environment("cpu")
    for name in PLAYED:
        save_file(tensors_of(trainer_of(name, ranks).play()), Path(folder) / f"{name} {ranks.index}")
    torch.distributed.destroy_process_group()


def die(timeout):
    """The last rank kills itself after its first round."""
    ranks = of_environment("cpu", timeout=float(timeout))
    trainer = trainer_of("contract_games.r3gan", ranks, rounds=1000).play(1)
    if ranks.index == ranks.size - 1:
        os.kill(os.getpid(), signal.SIGKILL)
    trainer.play()


def freeze(timeout):
    """The last rank stops without a word after its first round."""
    ranks = of_environment("cpu", timeout=float(timeout))
    trainer = trainer_of("contract_games.r3gan", ranks, rounds=1000).play(1)
    if ranks.index == ranks.size - 1:
        signal.pause()
    trainer.play()


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"play": play, "die": die, "freeze": freeze}[sys.argv[1]](sys.argv[2])
