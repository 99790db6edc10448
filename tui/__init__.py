"""Outtray on a terminal, and its command line."""
