"""Recipes for pictures."""
