"""What the app knows and can do; `handlers` has what triggers it."""
