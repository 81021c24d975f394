"""Vocatech."""
