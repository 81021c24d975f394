"""Calls and contacts as Work Objects, which Slack opens in its side pane."""
