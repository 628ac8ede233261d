"""Data: sources in memory, toys, and what ships with the package."""
