"""Calls: cards, lists, search, transcripts."""
