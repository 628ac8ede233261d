"""Recipes of one's own: a file that somebody names, what it imports from its folder, and when it may run."""
