"""Turns the bodies that arrive from SES, in any wrapping, into events."""
