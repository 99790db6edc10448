"""The terminal UI in a browser: what is different there, and the server of ``outtray serve``."""
