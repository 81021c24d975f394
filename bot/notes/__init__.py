"""Notes on calls, contacts, and numbers."""
