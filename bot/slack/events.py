"""Events that Slack delivers late."""

# Slack sends an event again after a minute, and after five, if it wasn't acknowledged.
LATE_SECONDS = 10.0


def is_late(at: float, now: float) -> bool:
    """Return whether an event of a time may be outdated (unix seconds; 0 if it is unknown)."""
    return bool(at) and now - at > LATE_SECONDS
