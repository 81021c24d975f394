"""A fake Vocatech: a strict HTTP server with its own state."""
