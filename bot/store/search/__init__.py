"""Search of calls and contacts."""
