"""The database file: its connections, its transactions and its migrations."""
