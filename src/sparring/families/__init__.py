"""Games of one player: the other leaves of the tutorial's taxonomy."""
