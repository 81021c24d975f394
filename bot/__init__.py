"""What the bot knows and can do; `handlers` is what sets it off."""
