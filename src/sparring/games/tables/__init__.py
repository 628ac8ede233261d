"""Games that make rows of tables."""
