"""What people add to calls and callers, without I/O: notes, and the timeline of a caller."""
