"""Saved texts."""
