"""What goes to which channel, and its delivery exactly once."""
