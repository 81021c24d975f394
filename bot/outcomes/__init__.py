"""Outcomes that people set on calls."""
