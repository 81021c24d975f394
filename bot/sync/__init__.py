"""Polling, backfill, directory, webhook subscription."""
