"""TOML and environment → settings, and back into the file."""
