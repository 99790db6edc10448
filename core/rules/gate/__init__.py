"""May this email be sent, and if not, why: pure."""
