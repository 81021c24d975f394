"""Incidents that an admin must fix, and the jobs that detect them."""
