"""Recipes that make rows of tables."""
