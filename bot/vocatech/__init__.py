"""Vocatech API client, webhook signatures, and payload parsing."""
