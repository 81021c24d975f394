"""Erasing everything about a number."""
