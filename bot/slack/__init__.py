"""Slack Web API client, Bolt app, Socket Mode, and app manifest."""
