"""Conversations of several steps, beside the screens."""
