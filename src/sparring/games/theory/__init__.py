"""Games small enough for closed forms."""
