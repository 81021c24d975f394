"""A generated company with a month of calls and texts."""
