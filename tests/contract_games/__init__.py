"""Small real games of every shape the core must carry. Each module has `tiny()`, and may have `DECLARED`."""
