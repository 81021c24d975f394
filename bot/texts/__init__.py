"""Texts: threads, replies, sending, and opt-outs."""
