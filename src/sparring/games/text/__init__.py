"""Games that make text: sequences of tokens."""
