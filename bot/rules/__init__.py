"""Routing rules: matching, form, YAML file, alerts."""
