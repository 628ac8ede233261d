"""Runs that make text: sequences of tokens."""
