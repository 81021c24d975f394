"""Shared Block Kit pieces, action IDs, command help, error messages."""
