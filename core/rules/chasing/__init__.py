"""Who needs a reminder or a call, and when: pure."""
