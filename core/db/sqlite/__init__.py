"""What is special about a SQLite file: opening, reading, locking, copying, checking."""
