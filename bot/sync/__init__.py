"""Polling, backfill, directory sync, and the webhook subscription."""
