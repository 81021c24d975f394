"""Company."""
