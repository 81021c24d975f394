"""What people add to calls and numbers: outcomes, notes, follow-ups, screening."""
