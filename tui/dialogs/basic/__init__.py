"""Dialogs that others are made of: ask, pick, prompt, form, help."""
