"""Recipes of other kinds than pictures and points, as small as they can be: for tests of the layer of runs."""
