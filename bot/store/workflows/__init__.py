"""Runs of steps in Slack's workflows."""
