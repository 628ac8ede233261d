"""A run on disk: what is in its directory, who plays it, how it is kept."""
