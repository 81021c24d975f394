"""Rows of what other tools get from the app: endpoints and their deliveries."""
