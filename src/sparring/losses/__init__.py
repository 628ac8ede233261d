"""Adversarial losses: pairs of functions of what a discriminator gives, one for each player."""

from sparring.losses.gan import Minimax, NonSaturating
from sparring.losses.loss import AdversarialLoss, adversarial, decisive
from sparring.losses.ratio import estimates
from sparring.losses.reading import ENERGIES, FEATURES, LOGITS, Reading
from sparring.losses.relativistic import Relativistic
from sparring.losses.wasserstein import Wasserstein

__all__ = [
    "ENERGIES",
    "FEATURES",
    "LOGITS",
    "AdversarialLoss",
    "Minimax",
    "NonSaturating",
    "Reading",
    "Relativistic",
    "Wasserstein",
    "adversarial",
    "decisive",
    "estimates",
]
