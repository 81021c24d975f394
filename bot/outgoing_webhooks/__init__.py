"""Outgoing webhooks: events that other tools get, signed and retried."""
