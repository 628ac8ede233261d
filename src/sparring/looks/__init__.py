"""Looks: one style for every plot and every page."""
