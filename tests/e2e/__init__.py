"""Tests in a browser, as a person at the demo's page would see it."""
