"""Both suppression lists: SES's own, kept in memory, and ours."""
