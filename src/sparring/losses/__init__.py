"""Adversarial losses: pairs of functions of what a discriminator gives, one for each player."""

from sparring.losses.cramer import Cramer
from sparring.losses.divergences import (
    DIVERGENCES,
    KL,
    Alpha,
    GANDivergence,
    Hellinger,
    Jeffreys,
    JensenShannon,
    Neyman,
    Pearson,
    ReverseKL,
    TotalVariation,
    divergence,
)
from sparring.losses.energy import BEGAN, EBGAN
from sparring.losses.f_divergence import FDivergence
from sparring.losses.gan import MaximumLikelihood, Minimax, NonSaturating
from sparring.losses.hinge import Hinge
from sparring.losses.kernel import MMD
from sparring.losses.least_squares import LeastSquares
from sparring.losses.loss import AdversarialLoss, adversarial, decisive
from sparring.losses.matching import FeatureMatching
from sparring.losses.ratio import estimates
from sparring.losses.reading import ENERGIES, FEATURES, LOGITS, Features, Reading
from sparring.losses.relativistic import Relativistic, RelativisticAverage
from sparring.losses.smoothing import NoisyLabels, Smoothed
from sparring.losses.top_k import TopK
from sparring.losses.wasserstein import Wasserstein

__all__ = [
    "BEGAN",
    "DIVERGENCES",
    "EBGAN",
    "ENERGIES",
    "FEATURES",
    "KL",
    "LOGITS",
    "MMD",
    "AdversarialLoss",
    "Alpha",
    "Cramer",
    "FDivergence",
    "FeatureMatching",
    "Features",
    "GANDivergence",
    "Hellinger",
    "Hinge",
    "Jeffreys",
    "JensenShannon",
    "LeastSquares",
    "MaximumLikelihood",
    "Minimax",
    "Neyman",
    "NoisyLabels",
    "NonSaturating",
    "Pearson",
    "Reading",
    "Relativistic",
    "RelativisticAverage",
    "ReverseKL",
    "Smoothed",
    "TopK",
    "TotalVariation",
    "Wasserstein",
    "adversarial",
    "decisive",
    "divergence",
    "estimates",
]
