"""The guided setup: questions, checks against Slack and Vocatech, and the `.env` file."""
