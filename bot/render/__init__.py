"""What people read in Slack: one pure file a message, data in, message out."""
