"""Layers: what networks are made of besides those of torch, one a file."""
