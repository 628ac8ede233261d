"""Evaluation: what puts metrics together, and its pictures."""
