"""Exports: a run's generator as files for other programs and people, one sort of file a module."""
