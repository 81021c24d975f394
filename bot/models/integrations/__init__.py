"""What other tools get from the app, without I/O: outgoing webhooks."""
