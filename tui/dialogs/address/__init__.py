"""Correct an address, then send again what failed on the old one."""
