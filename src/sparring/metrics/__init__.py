"""Metrics: pure functions of samples or features, one a file."""
