"""Domain models without I/O, one file per noun."""
