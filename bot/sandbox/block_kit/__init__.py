"""Slack's limits on blocks, checked as Slack checks them."""
