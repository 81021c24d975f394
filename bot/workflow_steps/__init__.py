"""Steps in workflows of Slack's Workflow Builder."""
