"""The demo: scenarios, faults, controls, self-test."""
