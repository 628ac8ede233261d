"""Dynamics: how the players of a game move, one rule a file."""
