"""Rows, timelines and links as text for other programs: pure."""
