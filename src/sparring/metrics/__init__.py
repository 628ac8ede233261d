"""Metrics: pure functions of samples or features, one a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.metrics import ais as ais
    from sparring.metrics import annealing as annealing
    from sparring.metrics import bootstrap as bootstrap
    from sparring.metrics import classifier as classifier
    from sparring.metrics import conditional as conditional
    from sparring.metrics import discriminative as discriminative
    from sparring.metrics import divergences as divergences
    from sparring.metrics import diversity as diversity
    from sparring.metrics import extractors as extractors
    from sparring.metrics import features as features
    from sparring.metrics import foreign as foreign
    from sparring.metrics import frechet as frechet
    from sparring.metrics import inception as inception
    from sparring.metrics import kernel as kernel
    from sparring.metrics import levels as levels
    from sparring.metrics import manifold as manifold
    from sparring.metrics import matched as matched
    from sparring.metrics import memorisation as memorisation
    from sparring.metrics import modes as modes
    from sparring.metrics import nearest as nearest
    from sparring.metrics import neighbours as neighbours
    from sparring.metrics import overfitting as overfitting
    from sparring.metrics import pairs as pairs
    from sparring.metrics import parzen as parzen
    from sparring.metrics import published as published
    from sparring.metrics import resizing as resizing
    from sparring.metrics import score as score
    from sparring.metrics import stacked as stacked
    from sparring.metrics import states as states
    from sparring.metrics import tournament as tournament
    from sparring.metrics import turing as turing
    from sparring.metrics import variance as variance
    from sparring.metrics import wasserstein as wasserstein
    from sparring.metrics import wilson as wilson
else:
    __getattr__, __dir__ = submodules(__name__)
