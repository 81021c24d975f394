"""Missed calls: claims, reminders, automatic texts."""
