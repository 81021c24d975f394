"""Search among calls and contacts."""
