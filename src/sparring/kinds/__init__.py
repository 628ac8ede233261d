"""Kinds of examples: how each is shown and kept."""
