"""The commands, one file each: what is typed in a terminal, its options, and what it does."""
