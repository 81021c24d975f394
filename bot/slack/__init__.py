"""Slack: Web API client, Bolt app, Socket Mode, manifest."""
