"""Fake Slack and Vocatech servers for tests, and the demo."""
