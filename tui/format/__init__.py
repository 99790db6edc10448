"""Values as words, badges, and records for JSON; no widget."""
