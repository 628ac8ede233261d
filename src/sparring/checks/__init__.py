"""Contracts that every game, network and loss keeps, ours or yours: a broken one is an AssertionError."""

from sparring.checks.declared import Declared, Estimator
from sparring.checks.game import check_game
from sparring.checks.loss import check_loss
from sparring.checks.network import check_network

__all__ = ["Declared", "Estimator", "check_game", "check_loss", "check_network"]
