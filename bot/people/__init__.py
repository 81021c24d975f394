"""Who is who in Slack and at Vocatech; permissions; external users."""
