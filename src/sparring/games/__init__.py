"""Games: one method a file."""
