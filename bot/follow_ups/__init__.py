"""Follow-ups: reminders that people set about a call, a contact, or a conversation."""
