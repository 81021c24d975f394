"""Contacts: cards, form, changes."""
