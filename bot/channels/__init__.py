"""Channels: settings, quiet hours, mutes, Slack Connect, masking."""
