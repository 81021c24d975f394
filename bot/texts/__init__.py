"""Texts: threads, replies, sending."""
