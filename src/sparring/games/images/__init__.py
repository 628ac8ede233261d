"""Games that make pictures, a method a file."""
