"""Work Objects of the fake Slack: their checks, the side pane, and what users do in it."""
