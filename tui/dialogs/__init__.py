"""Dialogs over a screen: each asks one thing, and is dismissed with the answer."""
