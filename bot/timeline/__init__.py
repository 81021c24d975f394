"""The timeline of a caller in one modal."""
