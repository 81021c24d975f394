"""Unknown callers: spam, and numbers that are no customers."""
