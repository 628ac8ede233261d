"""Sparring: games of neural networks, generative adversarial networks first among them.

A game is a set of players; each has a cost that depends on everybody's parameters and controls only its own. Dynamics
say how they move. A trainer plays rounds of any game under any dynamics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring import (
        chance,
        checks,
        cli,
        conditions,
        data,
        doctor,
        dynamics,
        equilibrium,
        evaluation,
        export,
        families,
        figures,
        game,
        games,
        hooks,
        kinds,
        latents,
        layers,
        looks,
        losses,
        machine,
        methods,
        metrics,
        networks,
        penalties,
        phase,
        projections,
        ranks,
        recipes,
        round,  # noqa: A004
        runs,
        samplers,
        schedules,
        selection,
        trainer,
    )
    from sparring.chance import Key
    from sparring.data.opening import open_data
    from sparring.data.source import InMemory
    from sparring.data.streams import Data, Spec
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
    "Spec",
    "Trainer",
    "Uniform",
    "__version__",
    "chance",
    "checks",
    "cli",
    "conditions",
    "data",
    "doctor",
    "dynamics",
    "equilibrium",
    "evaluation",
    "export",
    "families",
    "figures",
    "game",
    "games",
    "hooks",
    "kinds",
    "latents",
    "layers",
    "load",
    "looks",
    "losses",
    "machine",
    "methods",
    "metrics",
    "networks",
    "open_data",
    "penalties",
    "phase",
    "projections",
    "ranks",
    "recipes",
    "record",
    "round",
    "runs",
    "samplers",
    "schedules",
    "selection",
    "trainer",
]

__version__ = "0.1.0"

_HOMES = {
    "chance": ("Key",),
    "data.opening": ("open_data",),
    "data.source": ("InMemory",),
    "data.streams": ("Data", "Spec"),
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


if not TYPE_CHECKING:  # a type checker would take any name
    _module, _ = submodules(__name__)

    def __getattr__(name: str) -> Any:
        """Imports a public name when it is first used: `import torch` takes seconds that `sparring --help` has not."""
        for home, names in _HOMES.items():
            if name in names:
                return getattr(importlib.import_module(f"sparring.{home}"), name)
        return _module(name)

    def __dir__() -> list[str]:
        return sorted(__all__)
