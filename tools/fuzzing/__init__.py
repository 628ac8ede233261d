"""Files that somebody else made, damaged in all ways: what `tools/fuzz.py` is made of."""
