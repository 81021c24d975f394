"""What each noun is, without I/O: one file for each noun."""
