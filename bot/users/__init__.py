"""Vocatech users: their list, and the form that creates or changes one."""
