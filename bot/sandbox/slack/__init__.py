"""A fake Slack: a strict HTTP server with its own state."""
