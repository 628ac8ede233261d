"""Sparring: games of neural networks, generative adversarial networks first among them.

A game is a set of players; each has a cost that depends on everybody's parameters and controls only its own. Dynamics
say how they move. A trainer plays rounds of any game under any dynamics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sparring import losses, penalties, projections
    from sparring.chance import Key
    from sparring.data.opening import open_data
    from sparring.data.source import InMemory
    from sparring.data.streams import Data
    from sparring.dynamics.alternating import Alternating
    from sparring.dynamics.simultaneous import Simultaneous
    from sparring.game import Cost, Game, Player
    from sparring.games.gan import GAN
    from sparring.latents import Normal, Uniform
    from sparring.networks.mlp import MLP
    from sparring.phase import Phase
    from sparring.round import Batch, Round
    from sparring.runs.recording import record
    from sparring.runs.run import load
    from sparring.samplers import Sampler
    from sparring.trainer import Trainer

__all__ = [
    "GAN",
    "MLP",
    "Alternating",
    "Batch",
    "Cost",
    "Data",
    "Game",
    "InMemory",
    "Key",
    "Normal",
    "Phase",
    "Player",
    "Round",
    "Sampler",
    "Simultaneous",
    "Trainer",
    "Uniform",
    "__version__",
    "load",
    "losses",
    "open_data",
    "penalties",
    "projections",
    "record",
]

__version__ = "0.1.0"

_HOMES = {
    "chance": ("Key",),
    "data.opening": ("open_data",),
    "data.source": ("InMemory",),
    "data.streams": ("Data",),
    "dynamics.alternating": ("Alternating",),
    "dynamics.simultaneous": ("Simultaneous",),
    "game": ("Cost", "Game", "Player"),
    "phase": ("Phase",),
    "round": ("Batch", "Round"),
    "samplers": ("Sampler",),
    "games.gan": ("GAN",),
    "latents": ("Normal", "Uniform"),
    "networks.mlp": ("MLP",),
    "runs.recording": ("record",),
    "runs.run": ("load",),
    "trainer": ("Trainer",),
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used: `import torch` takes seconds that `sparring --help` has not."""
    if name in {"losses", "penalties", "projections"}:
        return importlib.import_module(f"sparring.{name}")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"sparring.{home}"), name)
    raise AttributeError(f"module 'sparring' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
